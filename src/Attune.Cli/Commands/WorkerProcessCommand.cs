using System.CommandLine;
using Attune.Cli.Arguments;
using Attune.Cli.Output;
using Attune.Kernels.Backends;
using Attune.Measuring.Kernels;
using Attune.Measuring.Workers;

namespace Attune.Cli.Commands;

/// <summary>
/// <c>attune worker</c>, hidden: the process in which candidates are measured. Speaks the measuring protocol on its standard streams until its input ends.
/// </summary>
internal sealed class WorkerProcessCommand : CliCommand
{
    /// <summary>Name of the command, for those who start it.</summary>
    public const string Name = "worker";

    private const string FootprintOption = "--weight-footprint";
    private const string DeviceOption = "--device";
    private readonly Option<string> device = DeviceArgument.Option("The device to measure on.");
    private readonly Option<long> footprint = new(FootprintOption)
    {
        Description = "Bytes of weights that one inference of the model reads.",
        HelpName = "BYTES",
    };

    public WorkerProcessCommand()
        : base(Name, "Measure candidates for another process.")
    {
        Command.Hidden = true;
        Command.Options.Add(footprint);
        Command.Options.Add(device);
    }

    /// <summary>Command line of a worker.</summary>
    /// <param name="weightBytes">Bytes of weights that one inference of the model reads.</param>
    /// <param name="device">The device to measure on.</param>
    public static WorkerCommand CommandLine(long weightBytes, DeviceName device) =>
        WorkerCommand.Self(Name, FootprintOption, weightBytes.ToString(), DeviceOption, device.ToString());

    /// <inheritdoc/>
    public override Task<CommandResult> RunAsync(Invocation invocation)
    {
        KernelWorker.Serve(Math.Max(0, invocation.Value(footprint)), invocation.Clock, DeviceArgument.Named(invocation.Value(device)));
        return Task.FromResult(new CommandResult(new { }, _ => { }));
    }
}
