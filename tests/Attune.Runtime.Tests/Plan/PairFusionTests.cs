using Attune.Compile;
using Attune.Kernels;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Reference;

namespace Attune.Runtime.Tests.Plan;

public sealed class PairFusionTests
{
    [Theory]
    [InlineData(4, 1)]
    [InlineData(8, 2)]
    [InlineData(16, 2)]
    public void A_model_with_fused_pairs_computes_what_the_reference_computes(int lanes, int threads)
    {
        var sketch = new NetworkSketch(12);
        Network network = Mobile(sketch);
        Dictionary<string, IReadOnlyDictionary<string, string>> configurations = [];
        foreach (ModelTask pair in ModelTask.PairsOf(network, HostTarget.Of(lanes)))
        {
            Space space = KernelTemplates.CreateSpace(pair.Workload, HostTarget.Of(pair.Workload.Lanes));
            configurations[pair.Key] = space[KernelTemplates.DefaultIndex(pair.Workload, space, HostTarget.Of(pair.Workload.Lanes))].ToLabels();
        }

        configurations.Count.ShouldBe(3);
        Dictionary<string, Tensor> inputs = network.Inputs.ToDictionary(i => i.Name, i => sketch.Random(i.Type.Shape));
        IReadOnlyDictionary<string, Tensor> expected = ReferenceExecutor.Run(network, inputs);
        using var separate = CompiledModel.Compile(
            network, new Dictionary<string, IReadOnlyDictionary<string, string>>(), new ModelOptions { Threads = 1, Lanes = lanes });
        using var fused = CompiledModel.Compile(
            network, configurations, new ModelOptions { Threads = Math.Min(threads, Environment.ProcessorCount), Lanes = lanes });
        fused.Steps.Length.ShouldBe(separate.Steps.Length - 3);
        fused.Steps.Count(step => step.TaskKey is { } key && configurations.ContainsKey(key)).ShouldBe(3);
        fused.Steps.Sum(step => step.Flops).ShouldBe(separate.Steps.Sum(step => step.Flops));
        for (int run = 0; run < 2; run++)
        {
            Compare(fused.Run(inputs), expected);
        }

        Compare(separate.Run(inputs), expected);
    }

    [Fact]
    public void A_pair_whose_second_half_was_grouped_computes_what_the_reference_computes()
    {
        // Groups of one channel in and three out are no whole channel blocks: they become one group with a block-diagonal matrix, and so half of a pair.
        var sketch = new NetworkSketch(33);
        string depthwise = sketch.Conv(sketch.Input("x", 1, 17, 4, 3), [1, 17, 4, 3], 3, 1, 1, group: 17);
        Network network = sketch.Finish(sketch.Conv(depthwise, [1, 51, 4, 3], 1, group: 17));
        ModelTask pair = ModelTask.PairsOf(network, HostTarget.Of(4)).ShouldHaveSingleItem();
        Space space = KernelTemplates.CreateSpace(pair.Workload, HostTarget.Of(4));
        var configurations = new Dictionary<string, IReadOnlyDictionary<string, string>>
        {
            [pair.Key] = space[KernelTemplates.DefaultIndex(pair.Workload, space, HostTarget.Of(4))].ToLabels(),
        };
        Dictionary<string, Tensor> inputs = network.Inputs.ToDictionary(i => i.Name, i => sketch.Random(i.Type.Shape));
        using var fused = CompiledModel.Compile(network, configurations, new ModelOptions { Threads = 1, Lanes = 4 });
        fused.Steps.ShouldContain(step => step.TaskKey == pair.Key);
        Compare(fused.Run(inputs), ReferenceExecutor.Run(network, inputs));
    }

    [Fact]
    public void A_switched_off_pair_runs_as_two_steps()
    {
        Network network = Mobile(new NetworkSketch(12));
        ModelTask pair = ModelTask.PairsOf(network, HostTarget.Widest)[0];
        Space space = KernelTemplates.CreateSpace(pair.Workload, HostTarget.Of(pair.Workload.Lanes));
        var configurations = new Dictionary<string, IReadOnlyDictionary<string, string>>
        {
            [pair.Key] = space[KernelTemplates.DefaultIndex(
            pair.Workload, space, HostTarget.Of(pair.Workload.Lanes))].ToLabels()
        };
        using var fused = CompiledModel.Compile(network, configurations, new ModelOptions { Threads = 1 });
        using var off = CompiledModel.Compile(network, configurations, new ModelOptions { Threads = 1, WithoutFusions = [Fusions.DepthwisePointwise] });
        off.Steps.Length.ShouldBe(fused.Steps.Length + 1);
    }

    [Fact]
    public void A_depthwise_result_that_others_need_is_not_fused_away()
    {
        var s = new NetworkSketch(5);
        string x = s.Input("x", 1, 16, 8, 8);
        string dw = s.Conv(x, [1, 16, 8, 8], 3, 1, 1, group: 16);
        Network asOutput = s.Finish(s.Conv(dw, [1, 32, 8, 8], 1), dw);
        ModelTask.PairsOf(asOutput, HostTarget.Widest).ShouldBeEmpty();
        var t = new NetworkSketch(5);
        string y = t.Conv(t.Input("x", 1, 16, 8, 8), [1, 16, 8, 8], 3, 1, 1, group: 16);
        string pw = t.Conv(y, [1, 16, 8, 8], 1);
        ModelTask.PairsOf(t.Finish(t.Node("Add", [pw, y], [1, 16, 8, 8])), HostTarget.Widest).ShouldBeEmpty();
    }

    [Fact]
    public void Unknown_fusions_are_refused_with_those_there_are() =>
        Should.Throw<ArgumentOutOfRangeException>(
            () => new ModelOptions { Threads = 1, WithoutFusions = ["concats"] }.Resolve()).Message.ShouldContain("concat,");

    private static Network Mobile(NetworkSketch s)
    {
        string x = s.Input("x", 1, 3, 20, 20);
        string a = s.Conv(x, [1, 24, 10, 10], 3, 2, 1);
        string b = s.Conv(a, [1, 24, 10, 10], 3, 1, 1, group: 24);
        string c = s.Conv(b, [1, 40, 10, 10], 1);
        string d = s.Conv(c, [1, 40, 5, 5], 3, 2, 1, group: 40, activation: "hard_swish");
        string e = s.Conv(d, [1, 48, 5, 5], 1, activation: "none");
        string f = s.Conv(e, [1, 48, 5, 5], 5, 1, 2, group: 48);
        return s.Finish(s.Conv(f, [1, 48, 5, 5], 1, activation: "none", residual: e));
    }

    private static void Compare(IReadOnlyDictionary<string, Tensor> actual, IReadOnlyDictionary<string, Tensor> expected)
    {
        foreach ((string name, Tensor tensor) in expected)
        {
            float[] a = actual[name].Elements<float>();
            float[] e = tensor.Elements<float>();
            for (int i = 0; i < e.Length; i++)
            {
                (Math.Abs(a[i] - e[i]) <= 2e-4f * Math.Max(1, Math.Abs(e[i]))).ShouldBeTrue($"{name}[{i}] is {a[i]}, expected {e[i]}");
            }
        }
    }
}
