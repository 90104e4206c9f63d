using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using Attune.Devices;
using Attune.Measuring.Processes;
using Attune.Measuring.Workers;

namespace Attune.Measuring.Programs;

/// <summary>
/// Runs a program that the user named: without a shell, without input, with a time limit after which it and everything it started is ended, and with bounded
/// output, so that neither a hang nor a flood of text does harm. What goes wrong is a value.
/// </summary>
public static class UserProgram
{
    /// <summary>Characters of output that are kept; the rest is read and dropped.</summary>
    public const int MaxOutput = 1 << 16;

    private const int MaxComplaint = 500;
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    /// <summary>Runs a program to its end.</summary>
    /// <param name="words">Program and arguments, unquoted; at least one.</param>
    /// <param name="limit">Time after which it is ended.</param>
    /// <param name="clock">Clock of the limit.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public static async Task<ProgramRun> RunAsync(ImmutableArray<string> words, TimeSpan limit, TimeProvider clock, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfZero(words.Length);
        Result<Process, string> started = ChildProcess.Start(new WorkerCommand(words[0], words[1..]));
        if (!started.Succeeded)
        {
            return new ProgramRun(null, string.Empty, $"'{words[0]}' did not start: {started.Error}", TimedOut: false);
        }

        using (Process process = started.Value)
        {
            process.StandardInput.Close();
            Task<string> output = ReadAsync(process.StandardOutput);
            Task<string> complaint = ReadAsync(process.StandardError);
            using var patience = new CancellationTokenSource(limit, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
            try
            {
                await process.WaitForExitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                ChildProcess.Kill(process);
                return new ProgramRun(
                    null, await SoonAsync(output), $"'{words[0]}' did not end within {limit.TotalSeconds:0.#} s and was stopped", TimedOut: true);
            }
            catch (OperationCanceledException)
            {
                ChildProcess.Kill(process);
                throw;
            }

            // A child that it left behind may hold the pipes open; what arrived in time is enough.
            string said = await SoonAsync(output);
            string why = (await SoonAsync(complaint)).Trim();
            string? problem = process.ExitCode == 0
                ? null
                : $"'{words[0]}' ended with code {process.ExitCode}{(why.Length > 0 ? $": {why[..Math.Min(why.Length, MaxComplaint)]}" : string.Empty)}";
            return new ProgramRun(process.ExitCode, said, problem, TimedOut: false);
        }
    }

    private static async Task<string> ReadAsync(StreamReader reader)
    {
        var kept = new StringBuilder();
        char[] buffer = new char[4096];
        try
        {
            int read = await reader.ReadAsync(buffer);
            while (read > 0)
            {
                kept.Append(buffer, 0, Math.Min(read, MaxOutput - kept.Length));
                read = await reader.ReadAsync(buffer);
            }
        }
        catch (Exception broken) when (broken is IOException or ObjectDisposedException)
        {
            // The pipe went away with the process: what was read before counts.
            return kept.ToString();
        }

        return kept.ToString();
    }

    private static async Task<string> SoonAsync(Task<string> text) =>
        await Task.WhenAny(text, Task.Delay(Farewell)) == text ? await text : string.Empty;
}
