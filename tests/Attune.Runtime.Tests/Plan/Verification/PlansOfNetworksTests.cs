using System.Collections.Immutable;
using Attune.Compile;
using Attune.Graph;
using Attune.Graph.Zoo;
using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Passes;
using Attune.Reference;
using Attune.Runtime.Plan;
using Attune.Runtime.Plan.Verification;
using Xunit.Abstractions;

namespace Attune.Runtime.Tests.Plan.Verification;

public sealed class PlansOfNetworksTests(ITestOutputHelper output)
{
    private static readonly int[] Widths = [4, 8, 16];

    // Kinds of models that plans, or kernels without a space, got wrong.
    private static readonly string[] Compared = ["layout_", "concat_", "maxpool_"];

    public static TheoryData<string> Zoo() => [.. ModelZoo.Names];

    [Theory]
    [MemberData(nameof(Zoo))]
    [Trait(Category.Name, Category.Slow)]
    [Trait(Category.Name, Category.AnyWidth)]
    public void Networks_of_the_zoo_have_sound_layouts(string name)
    {
        Network network = PassPipeline.Default.Run(ModelZoo.Create(name));
        foreach (int lanes in Widths)
        {
            LayoutVerifier.Verify(ExecutionPlan.Create(network, HostTarget.Of(lanes))).ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData("mobilenet_v2")]
    [InlineData("mobilenet_v1")]
    [Trait(Category.Name, Category.AnyWidth)]
    public void Fused_pairs_and_plans_without_fusions_have_sound_layouts(string name)
    {
        Network network = PassPipeline.Default.Run(ModelZoo.Create(name));
        ImmutableHashSet<string> pairs = [.. ModelTask.PairsOf(network, HostTarget.Of(8)).Select(pair => pair.Key)];
        pairs.ShouldNotBeEmpty();
        LayoutVerifier.Verify(ExecutionPlan.Create(network, HostTarget.Of(8), new PlanRequest(pairs, []))).ShouldBeEmpty();
        LayoutVerifier.Verify(ExecutionPlan.Create(network, HostTarget.Of(8), new PlanRequest([], [Fusions.Concat, Fusions.Softmax]))).ShouldBeEmpty();
    }

    /// <summary>
    /// Models that are refused when they are read are no business of plans; all others are planned, verified, run, and compared with the reference.
    /// </summary>
    [NeedingFact(Need.FailedModels)]
    public void Models_that_once_failed_have_sound_layouts_and_right_results()
    {
        int compared = 0;
        foreach (string path in TestData.FailedModels)
        {
            if (OnnxReader.Read(path) is not { Value.Network: { } read })
            {
                continue;
            }

            Network network = PassPipeline.Default.Run(read);
            var sketch = new NetworkSketch(5);
            Dictionary<string, Tensor> inputs = network.Inputs.Where(input => input.Type.Element == DataType.Float32).ToDictionary(
                input => input.Name, input => sketch.Random(input.Type.Shape));
            bool comparable = inputs.Count == network.Inputs.Length && network.Outputs.All(value => value.Type.Element == DataType.Float32)
                && Array.Exists(Compared, prefix => Path.GetFileName(Path.GetDirectoryName(path))!.StartsWith(prefix, StringComparison.Ordinal));
            IReadOnlyDictionary<string, Tensor>? expected = comparable ? ReferenceExecutor.Run(read, inputs) : null;
            foreach (int lanes in Widths)
            {
                LayoutVerifier.Verify(ExecutionPlan.Create(network, HostTarget.Of(lanes))).ShouldBeEmpty(path);
                if (expected is null)
                {
                    continue;
                }

                using CompiledModel model = CompiledModel.Compile(
                    network, new Dictionary<string, IReadOnlyDictionary<string, string>>(), new ModelOptions { Threads = 1, Lanes = lanes });
                IReadOnlyDictionary<string, Tensor> actual = model.Run(inputs);
                foreach ((string name, Tensor tensor) in expected)
                {
                    Closeness.Check($"{path}: {name}", actual[name], tensor);
                }

                compared++;
            }
        }

        output.WriteLine($"{compared} runs compared");
        compared.ShouldBeGreaterThanOrEqualTo(7 * Widths.Length);
    }
}
