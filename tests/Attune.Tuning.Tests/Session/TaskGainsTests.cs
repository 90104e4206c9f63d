using System.Collections.Immutable;
using Attune.Compile.Flow;
using Attune.Graph.Zoo;
using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Passes;
using Attune.Runtime;
using Attune.Tuning.Run;
using Attune.Tuning.Session;

namespace Attune.Tuning.Tests.Session;

public sealed class TaskGainsTests
{
    [Fact]
    public void A_fused_pair_stands_for_both_of_its_layers_and_a_default_layer_gains_nothing()
    {
        Network network = PassPipeline.Default.Run(ModelZoo.Create("mobilenet_v1"));
        var flow = ModelDataFlow.Of(network, 1, HostTarget.Widest);
        ImmutableArray<StepReport> before = [.. flow.Steps.Where(step => step.Workload is not null).Select(
            step => Step(step.Name, step.Workload!.Key, "default"))];
        FlowPair pair = flow.Pairs[0];
        int first = Position(flow.Steps[pair.First].Name);
        int second = Position(flow.Steps[pair.Second].Name);

        // The pair's first half is gone, its second half runs both; one other layer has another configuration.
        int other = before.Length - 1;
        ImmutableArray<StepReport> tuned =
        [
            .. before.Select((step, i) => i == second ? step with { TaskKey = pair.Workload.Key, Configuration = "fused" } : i == other ? step with
            {
                Configuration = "tuned",
            } : step)
                .Where((_, i) => i != first),
        ];
        double[] beforeMs = [.. before.Select((_, i) => i == first ? 3.0 : i == second ? 5.0 : i == other ? 4.0 : 1.0)];
        double[] tunedMs = [.. tuned.Select(step => step.Configuration switch { "fused" => 4.0, "tuned" => 2.0, _ => 1.1 })];
        var comparison = new ModelComparison(Blocks(beforeMs), Blocks(tunedMs));

        ImmutableDictionary<string, TaskGain> gains = TaskGains.Of(comparison, before, tuned, flow);

        // 3 + 5 ms by default against 4 ms fused.
        gains[pair.Workload.Key].ShouldSatisfyAllConditions(
            gain => gain.DefaultMs.ShouldBe(8, 1e-9),
            gain => gain.TunedMs.ShouldBe(4, 1e-9),
            gain => gain.Gain!.Median.ShouldBe(2, 1e-9),
            gain => gain.Layers.ShouldBe(1));
        gains[before[other].TaskKey!].Gain!.Median.ShouldBeGreaterThan(1);
        gains[before[0].TaskKey!].ShouldBe(new TaskGain(tuned.Count(step => step.TaskKey == before[0].TaskKey), 1, null));

        int Position(string name) => Enumerable.Range(0, before.Length).Single(i => before[i].Name == name);
    }

    private static StepReport Step(string name, string task, string configuration) =>
        new(name, "Convolution", name, task, configuration, ConfigurationSource.Default, 0, 0);

    private static ImmutableArray<RunBlock> Blocks(double[] stepMs) => [.. Enumerable.Repeat(new RunBlock(stepMs.Sum(), [.. stepMs]), 6)];
}
