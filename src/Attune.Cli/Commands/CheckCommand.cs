using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Arguments;
using Attune.Cli.Models;
using Attune.Cli.Output;
using Attune.Compile;
using Attune.Compile.Coverage;
using Attune.Compile.Models;
using Attune.Graph.Analysis;
using Attune.Kernels;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Passes;
using Attune.Runtime;

namespace Attune.Cli.Commands;

/// <summary><c>attune check</c>: what a model consists of and what tuning it would mean. Nothing of the model is run.</summary>
internal sealed class CheckCommand : CliCommand
{
    private readonly Argument<string> model = ModelLoader.Argument();
    private readonly Option<string[]> shape = SharedOptions.Shape();

    public CheckCommand()
        : base(
            "check",
            "Show a model's operators, shapes, tasks, operations and search spaces. Runs nothing.",
            "attune check model.onnx",
            "attune check model.onnx --shape data=1x3x224x224",
            "attune check zoo:resnet18")
    {
        Command.Arguments.Add(model);
        Command.Options.Add(shape);
    }

    /// <inheritdoc/>
    public override Task<CommandResult> RunAsync(Invocation invocation)
    {
        LoadedModel loaded = ModelLoader.Load(invocation.Value(model)!, invocation.Value(shape)!);
        Network fused = PassPipeline.Default.Run(loaded.Network);
        var before = NetworkSummary.Of(loaded.Network);
        var after = NetworkSummary.Of(fused);
        double total = Math.Max(1, after.Flops);
        var tasks = ModelTask.Of(fused, HostTarget.Widest).Select(task =>
        {
            Space space = KernelTemplates.CreateSpace(task.Workload, HostTarget.Of(task.Workload.Lanes));
            double flops = (double)task.Workload.Flops * task.Nodes.Length;
            return new
            {
                task.Workload.Title,
                task.Key,
                Layers = task.Nodes.Length,
                Flops = flops,
                Share = flops / total,
                SpaceSize = space.Count,
                Nodes = task.Nodes,
            };
        }).OrderByDescending(task => task.Flops).ToArray();
        var operators = before.Nodes.GroupBy(node => node.Operator)
            .Select(group => new
            {
                Operator = group.Key,
                Count = group.Count(),
                Flops = group.Sum(node => node.Flops),
                Share = group.Sum(node => node.Flops) / Math.Max(1.0, before.Flops),
            })
            .OrderByDescending(entry => entry.Flops)
            .ThenBy(entry => entry.Operator, StringComparer.Ordinal)
            .ToArray();
        var coverage = KernelCoverage.Of(fused, ModelCoverage.Of(fused, HostTarget.Widest));
        ImmutableArray<string> advice = CoverageText.Advice(loaded.Network, coverage);
        var data = new
        {
            Model = loaded.Source,
            loaded.Network.Name,
            Nodes = loaded.Network.Nodes.Length,
            FusedNodes = fused.Nodes.Length,
            Inputs = loaded.Network.Inputs.Select(Describe),
            Outputs = loaded.Network.Outputs.Select(Describe),
            before.Flops,
            before.ParameterBytes,
            Operators = operators,
            Coverage = new
            {
                Tuned = Part(coverage, NodeExecution.Tuned),
                Compiled = Part(coverage, NodeExecution.Compiled),
                Reference = Part(coverage, NodeExecution.Reference),
                AtRunTime = Part(coverage, NodeExecution.AtRunTime),
            },
            Kernels = coverage.Groups,
            Advice = advice,
            Tasks = tasks,
        };
        return Task.FromResult(new CommandResult(data, report =>
        {
            report.Line($"Model   {loaded.Network.Name}: {Units.Counted(data.Nodes, "node")}, {data.FusedNodes} after fusion; all can run");
            report.Line($"        in {string.Join(", ", loaded.Network.Inputs.Select(Text))}; out {string.Join(", ", loaded.Network.Outputs.Select(Text))}");
            report.Line($"        {Units.Count(before.Flops)} operations, {Units.Bytes(before.ParameterBytes)} of weights");
            report.Line($"Kernels {CoverageText.Summary(coverage)}");
            report.Line(string.Empty);
            ReportTable.Print(
                report,
                ["operator", "?>count", "?>operations", ">share", "runs on", "because"],
                coverage.Groups.Select(row => new[]
                {
                    row.Operator, $"{row.Count}", Units.Count(row.Flops), Units.Percent(row.Share), Words(row.Execution), row.Reason ?? string.Empty,
                }));
            report.Line(string.Empty);
            if (tasks.Length > 0)
            {
                ReportTable.Print(
                    report,
                    ["task", "?>layers", "?>operations", ">share", ">space"],
                    tasks.Select(row => new[] { row.Title, $"{row.Layers}", Units.Count(row.Flops), Units.Percent(row.Share), Units.Count(row.SpaceSize) }));
                report.Line(string.Empty);
            }
        })
        {
            Warnings =
            [
                .. loaded.Warnings, .. CoverageText.Warning(coverage) is { } warning ? [string.Join(' ', [warning, .. advice])] : ImmutableArray<string>.Empty,
            ],
            Next = PrintedCommand.Of(
                ["tune", invocation.Value(model)!, .. invocation.Given(shape), "--budget", "10m", "-o", loaded.BaseName + RunnableModel.Extension]),
        });
    }

    private static object Part(KernelCoverage coverage, NodeExecution execution) =>
        new { Nodes = coverage.CountOf(execution), Share = coverage.ShareOf(execution) };

    private static string Words(NodeExecution execution) => execution switch
    {
        NodeExecution.Tuned => "tuned kernel",
        NodeExecution.Compiled => "compiled kernel",
        NodeExecution.AtRunTime => "compiled when shapes are known",
        _ => "reference kernel (slow)",
    };

    private static object Describe(NetworkValue value) => new { value.Name, Type = value.Type.Element, Shape = value.Type.Shape.Dimensions };

    private static string Text(NetworkValue value) => $"{value.Name} {value.Type}";
}
