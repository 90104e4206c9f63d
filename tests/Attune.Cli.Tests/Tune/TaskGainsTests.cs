using System.Collections.Immutable;
using Attune.Cli.Tune;
using Attune.Graph;
using Attune.Kernels;
using Attune.Measuring;
using Attune.Numerics;
using Attune.Runtime;
using Attune.Runtime.Flow;
using Attune.Tuning;

namespace Attune.Cli.Tests.Tune;

public sealed class TaskGainsTests
{
    [Fact]
    public void A_fused_pair_stands_for_both_of_its_layers_and_a_default_layer_gains_nothing()
    {
        Network network = PassPipeline.Default.Run(ModelZoo.Create("mobilenet_v1"));
        var flow = ModelDataFlow.Of(network, 1);
        ImmutableArray<StepReport> before = [.. flow.Steps.Where(step => step.Workload is not null).Select(step => Step(step.Name, step.Workload!.Key, "default"))];
        FlowPair pair = flow.Pairs[0];
        int first = Position(flow.Steps[pair.First].Name);
        int second = Position(flow.Steps[pair.Second].Name);

        // The pair's first half is gone, its second half runs both; one other layer has another configuration.
        int other = before.Length - 1;
        ImmutableArray<StepReport> tuned =
        [
            .. before.Select((step, i) => i == second ? step with { TaskKey = pair.Workload.Key, Configuration = "fused" } : i == other ? step with { Configuration = "tuned" } : step)
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

    [Fact]
    public void Cells_of_a_row_agree_and_a_loss_is_marked_or_hidden_by_noise()
    {
        PairedRatio Ratio(double gain) => PairedRatio.Of([1, 1, 1, 1, 1, 1], [.. Enumerable.Repeat(gain, 6)]);
        TaskTimes.Of(9, 9, new TaskGain(1, 4, Ratio(2)), isTimed: true).ShouldBe(["4.00 ms", "2.00 ms", "2.00x"]);
        TaskTimes.Of(9, 9, new TaskGain(1, 4, Ratio(0.8)), isTimed: true).ShouldBe(["4.00 ms", "5.00 ms", "0.80x*"]);
        TaskTimes.Of(9, 9, new TaskGain(1, 4, null), isTimed: true).ShouldBe(["4.00 ms", "4.00 ms", "default"]);
        var unsure = PairedRatio.Of([1, 1, 1, 1, 1, 1], [0.9, 1.05, 0.9, 1.05, 0.9, 0.95]);
        TaskTimes.Of(9, 9, new TaskGain(1, 4, unsure), isTimed: true)[2].ShouldBe("~1.00x");
        TaskTimes.Of(9, 8, null, isTimed: true).ShouldBe(["-", "-", "fused"]);
        TaskTimes.Of(9, 3, null, isTimed: false).ShouldBe(["9.00 ms", "3.00 ms", "3.00x"]);
        TaskTimes.Of(3, 9, null, isTimed: false).ShouldBe(["3.00 ms", "9.00 ms", "-"]);
    }

    private static StepReport Step(string name, string task, string configuration) => new(name, "Convolution", name, task, configuration, ConfigurationSource.Default, 0, 0);

    private static ImmutableArray<RunBlock> Blocks(double[] stepMs) => [.. Enumerable.Repeat(new RunBlock(stepMs.Sum(), [.. stepMs]), 6)];
}
