using System.Text;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Compile.Conformance;
using Attune.Graph.Conformance;
using Attune.Measuring.Workers;

namespace Attune.Cli.Conformance;

/// <summary>
/// <c>attune conformance-worker</c>, hidden: runs tests for <c>attune conformance</c>, so that a test that ends the process loses nothing but itself.
/// </summary>
internal sealed class ConformanceWorkerCommand : CliCommand
{
    /// <summary>Name of the command, for those who start it.</summary>
    public const string Name = "conformance-worker";

    public ConformanceWorkerCommand()
        : base(Name, "Run conformance tests for another process.") => Command.Hidden = true;

    /// <summary>How a worker is started.</summary>
    public static WorkerCommand CommandLine() => WorkerCommand.Self(Name);

    /// <inheritdoc/>
    public override async Task<CommandResult> RunAsync(Invocation invocation)
    {
        var paths = ConformancePaths.Of(ConformancePaths.Both).ToDictionary(path => path.Name, StringComparer.Ordinal);
        using var input = new StreamReader(Console.OpenStandardInput());
        await using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false));
        while (await input.ReadLineAsync(invocation.Cancellation) is { } line)
        {
            var request = ConformanceRequest.Decode(line);
            await output.WriteLineAsync(
                ConformanceRequest.Encode(ConformanceRunner.Run(new ConformanceCase(request.Test, request.Folder), paths[request.Path])).AsMemory(),
                invocation.Cancellation);
            await output.FlushAsync(invocation.Cancellation);
        }

        return new CommandResult(new { }, _ => { });
    }
}
