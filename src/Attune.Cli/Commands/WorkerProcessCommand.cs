using Attune.Cli.Output;
using Attune.Measuring;
using Attune.Measuring.Kernels;

namespace Attune.Cli.Commands;

/// <summary><c>attune worker</c>, hidden: the process in which candidates are measured. Speaks the measuring protocol on its standard streams until its input ends.</summary>
internal sealed class WorkerProcessCommand : CliCommand
{
    /// <summary>Name of the command, for those who start it.</summary>
    public const string Name = "worker";

    public WorkerProcessCommand()
        : base(Name, "Measure candidates for another process.")
    {
        Command.Hidden = true;
    }

    /// <inheritdoc/>
    public override Task<CommandResult> RunAsync(Invocation invocation)
    {
        using var factory = new KernelCandidateFactory();
        using Stream input = Console.OpenStandardInput();
        using Stream output = Console.OpenStandardOutput();
        WorkerHost.Run(input, output, factory, new WorkerHostOptions { Clock = invocation.Clock });
        return Task.FromResult(new CommandResult(new { }, _ => { }));
    }
}
