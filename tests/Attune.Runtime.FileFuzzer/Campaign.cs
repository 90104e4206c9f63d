using System.Diagnostics;
using System.Globalization;

namespace Attune.Runtime.FileFuzzer;

/// <summary>
/// Runs cases in processes of their own, one after the other until one of them kills its process or hangs: a memory error ends whoever makes it. The next
/// process goes on behind that case.
/// </summary>
/// <param name="seed">Seed of the campaign.</param>
/// <param name="report">Receives lines about failures.</param>
/// <param name="progress">Receives how far it is.</param>
/// <param name="clock">Clock of the progress.</param>
internal sealed class Campaign(int seed, TextWriter report, TextWriter progress, TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private const long MaxHeapBytes = 3L << 30;
    private static readonly TimeSpan LongestCase = TimeSpan.FromMinutes(2);
    private readonly SortedDictionary<Verdict, int> counts = [];
    private readonly long started = clock.GetTimestamp();
    private long shown = clock.GetTimestamp();

    /// <summary>Number of cases by what became of them.</summary>
    public IReadOnlyDictionary<Verdict, int> Counts => counts;

    /// <summary>Cases that must not be.</summary>
    public int Failures => counts.Where(pair => pair.Key >= Verdict.Different).Sum(pair => pair.Value);

    /// <summary>Runs cases.</summary>
    public async Task RunAsync(int first, int count)
    {
        int next = first;
        while (next < first + count)
        {
            next = await RunProcessAsync(next, first + count - next);
        }
    }

    private async Task<int> RunProcessAsync(int first, int count)
    {
        string host = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";
        string[] arguments = [typeof(Campaign).Assembly.Location, "--worker", Text(first), Text(count), Text(seed)];
        var start = new ProcessStartInfo(host, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment["DOTNET_GCHeapHardLimit"] = MaxHeapBytes.ToString("x", CultureInfo.InvariantCulture);
        using Process worker = Process.Start(start)!;
        Task<string> errors = worker.StandardError.ReadToEndAsync();
        int next = first;
        while (true)
        {
            string? line;
            try
            {
                using var patience = new CancellationTokenSource(LongestCase);
                line = await worker.StandardOutput.ReadLineAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                worker.Kill();
                Count(Verdict.Hung, next, "no answer");
                return next + 1;
            }

            if (line is null)
            {
                break;
            }

            string[] parts = line.Split('\t', 2);
            Count(Enum.Parse<Verdict>(parts[0]), next++, parts[1]);
        }

        await worker.WaitForExitAsync();
        if (next < first + count)
        {
            string text = await errors;
            Count(Verdict.Died, next++, $"exit code {worker.ExitCode}: {text[..Math.Min(text.Length, 2000)]}");
        }

        return next;
    }

    private void Count(Verdict verdict, int number, string details)
    {
        counts[verdict] = counts.GetValueOrDefault(verdict) + 1;
        if (verdict >= Verdict.Different)
        {
            report.WriteLine($"case {number} (seed {seed}): {verdict}: {details}");
            report.Flush();
        }

        if (clock.GetElapsedTime(shown) >= Interval)
        {
            shown = clock.GetTimestamp();
            int done = counts.Values.Sum();
            double rate = done / clock.GetElapsedTime(started).TotalSeconds;
            progress.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{done} files (the last is number {number}), {Failures} failures, {rate:0.0} a second"));
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
