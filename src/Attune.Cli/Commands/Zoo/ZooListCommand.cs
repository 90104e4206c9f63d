using Attune.Cli.Models;
using Attune.Cli.Output;
using Attune.Graph.Analysis;
using Attune.Graph.Zoo;
using Attune.Kernels;

namespace Attune.Cli.Commands.Zoo;

/// <summary><c>attune zoo list</c>: the built-in networks.</summary>
internal sealed class ZooListCommand() : CliCommand("list", "List the built-in networks.", "attune zoo list")
{
    /// <inheritdoc/>
    public override Task<CommandResult> RunAsync(Invocation invocation)
    {
        var networks = ModelZoo.Names.Select(name =>
        {
            invocation.Cancellation.ThrowIfCancellationRequested();
            invocation.Progress.Report($"zoo     {name}");
            Network network = ModelLoader.ZooNetwork(name);
            var summary = NetworkSummary.Of(network);
            return new { Name = name, Input = $"{network.Inputs[0].Type.Shape}", Nodes = network.Nodes.Length, summary.Flops, summary.ParameterBytes };
        }).ToArray();
        return Task.FromResult(new CommandResult(new { Networks = networks }, report => ReportTable.Print(
            report,
            ["name", "input", ">nodes", ">operations", ">weights"],
            networks.Select(
                network => new[] { network.Name, network.Input, $"{network.Nodes}", Units.Count(network.Flops), Units.Bytes(network.ParameterBytes) })))
        {
            Next = "attune tune zoo:mobilenet_v1 --budget 2m -o mobilenet.attune",
        });
    }
}
