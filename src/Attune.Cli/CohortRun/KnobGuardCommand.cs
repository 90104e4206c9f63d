using System.CommandLine;
using System.Runtime.InteropServices;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Devices.Knobs;
using Attune.Measuring.Guards;
using Attune.Measuring.Workers;

namespace Attune.Cli.CohortRun;

/// <summary>
/// <c>attune knob-guard</c>, hidden: waits for the end of the process that started it and puts its knobs back if that end came without a word.
/// </summary>
internal sealed class KnobGuardCommand : CliCommand
{
    private const string Name = "knob-guard";
    private readonly Argument<string> file = new("FILE") { Description = "What puts the knobs back." };
    private readonly Option<string> root = new("--root") { Description = "Where the system's files are.", HelpName = "FOLDER", DefaultValueFactory = _ => "/" };

    public KnobGuardCommand()
        : base(Name, "Put knobs back when another process is killed.")
    {
        Command.Hidden = true;
        Command.Arguments.Add(file);
        Command.Options.Add(root);
    }

    /// <summary>Starts a guard for this process.</summary>
    public static IDisposable Start(string restoreFile, string root) => GuardProcess.Start(WorkerCommand.Self(Name, restoreFile, "--root", root));

    /// <inheritdoc/>
    public override Task<CommandResult> RunAsync(Invocation invocation)
    {
        // A signal to the whole group of processes, as Ctrl-C is, must not end the guard before the one it guards.
        List<PosixSignalRegistration> signals = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT }.Select(
            signal => PosixSignalRegistration.Create(signal, context => context.Cancel = true))];
        RestoreReport report = GuardProcess.Watch(Console.In, Console.Out)
            ? RestoreFile.Apply(invocation.Value(root)!, invocation.Value(file)!)
            : RestoreReport.Nothing;
        signals.ForEach(signal => signal.Dispose());
        return report.IsComplete
            ? Task.FromResult(new CommandResult(new { }, _ => { }))
            : throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.InputMismatch,
                $"Not every knob could be put back: {string.Join("; ", report.Sentences)}.",
                "Set them by hand, or restart the machine.");
    }
}
