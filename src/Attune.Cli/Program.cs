using System.Runtime.InteropServices;

namespace Attune.Cli;

/// <summary>Entry point of the process.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        using var interrupted = new CancellationTokenSource();

        // The first Ctrl-C (or a polite kill) asks the command to finish and keep what it found; the second one ends the process at once.
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
        var commandLine = new CommandLine(CommandList.All(), TimeProvider.System);
        return (int)await commandLine.RunAsync(arguments, null, interrupted.Token);
    }
}
