using System.Runtime.InteropServices;
using Attune.Cli.Output;

namespace Attune.Cli;

/// <summary>Entry point of the process.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        StandardStreams.Hold();
        using var interrupted = new CancellationTokenSource();

        // The first Ctrl-C (or a polite kill, or a terminal that is closed) asks the command to finish and keep what it found; the second one ends the process
        // at once.
        void Stop(PosixSignalContext signal)
        {
            if (!interrupted.IsCancellationRequested)
            {
                signal.Cancel = true;
                interrupted.Cancel();
            }
        }

        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using PosixSignalRegistration? onHangup = HangupIsIgnored() ? null : PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        var commandLine = new CommandLine(CommandList.All(), TimeProvider.System);
        return (int)await commandLine.RunAsync(arguments, null, interrupted.Token);
    }

    // Who starts a command with nohup wants it to outlive the terminal.
    private static bool HangupIsIgnored()
    {
        const string field = "SigIgn:";
        const string status = "/proc/self/status";
        if (!File.Exists(status) || File.ReadLines(status).FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal)) is not { } mask)
        {
            return false;
        }

        // Bit n stands for signal n + 1, and SIGHUP is signal 1.
        return (Convert.ToUInt64(mask[field.Length..].Trim(), 16) & 1) != 0;
    }
}
