using System.Diagnostics;
using System.Globalization;

namespace Attune.Bench.Fuzz.Campaign;

/// <summary>
/// Runs workers in processes of their own, so that a graph that ends one is a finding and not the end; prints findings, progress with the time left, and a
/// summary.
/// </summary>
internal sealed class FuzzSupervisor(FuzzOptions options, TimeProvider clock, TextWriter output, TextWriter progress)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private readonly Lock gate = new();
    private readonly long started = clock.GetTimestamp();
    private long shown = clock.GetTimestamp();
    private long graphs;
    private long settings;
    private long differences;

    /// <summary>Tries all graphs.</summary>
    /// <returns>How many showed something wrong.</returns>
    public async Task<long> RunAsync()
    {
        await Task.WhenAll(Enumerable.Range(0, options.Jobs).Select(job => ServeAsync(options.Start + job)));
        double seconds = clock.GetElapsedTime(started).TotalSeconds;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{graphs} graphs (seed {options.Seed}, {options.Start} to {options.Start + options.Graphs - 1}), {settings} ways of compiling them, lanes "
            + $"{string.Join(", ", options.Lanes)}: {differences} with differences; {seconds:0} s, {graphs / Math.Max(seconds, 1e-3):0.0} graphs a second"));
        return differences;
    }

    private async Task ServeAsync(long first)
    {
        long end = options.Start + options.Graphs;
        while (first < end)
        {
            long? at = null;
            using Process worker = Start(first);
            Task<string> complaints = worker.StandardError.ReadToEndAsync();
            while (await worker.StandardOutput.ReadLineAsync() is { } text)
            {
                if (FuzzLine.Decode(text) is not { } line)
                {
                    continue;
                }

                at = line.Done ? null : line.Index;
                first = line.Index + (line.Done ? options.Jobs : 0);
                if (line.Done)
                {
                    Count(line);
                }
            }

            await worker.WaitForExitAsync();
            if (at is { } killer)
            {
                string[] words = [.. (await complaints).Split('\n').Take(8)];
                Count(new FuzzLine(killer, true, 0, $"ended the process with code {worker.ExitCode}: {string.Join(Environment.NewLine, words)}"));
                first = killer + options.Jobs;
            }
            else if (first < end)
            {
                throw new InvalidOperationException($"A worker ended with code {worker.ExitCode} before it tried graph {first}: {await complaints}");
            }
        }
    }

    private Process Start(long first)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        List<string> arguments =
        [
            typeof(FuzzSupervisor).Assembly.Location, Program.Worker, $"{first}", $"{options.Jobs}",
            "--graphs", $"{options.Graphs}", "--seed", $"{options.Seed}", "--start", $"{options.Start}", "--lanes", string.Join(',', options.Lanes),
            .. options.Write is { } folder ? (string[])["--write", folder] : [],
        ];
        arguments.ForEach(start.ArgumentList.Add);
        return Process.Start(start)!;
    }

    private void Count(FuzzLine line)
    {
        lock (gate)
        {
            graphs++;
            settings += line.Settings;
            if (line.Problem.Length > 0)
            {
                differences++;
                output.WriteLine($"graph {line.Index} (--seed {options.Seed} --start {line.Index} --graphs 1): {line.Problem}");
                output.Flush();
            }

            if (clock.GetElapsedTime(shown) >= Interval)
            {
                shown = clock.GetTimestamp();
                double rate = graphs / clock.GetElapsedTime(started).TotalSeconds;
                progress.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{graphs} of {options.Graphs} graphs, {differences} with differences, {rate:0.0} a second, "
                    + $"{TimeSpan.FromSeconds((options.Graphs - graphs) / rate):h\\:mm\\:ss} left"));
            }
        }
    }
}
