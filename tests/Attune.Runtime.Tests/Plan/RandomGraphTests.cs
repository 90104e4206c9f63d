using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Reference;
using Attune.Runtime.Plan;
using Attune.Runtime.Plan.Verification;

namespace Attune.Runtime.Tests.Plan;

public sealed class RandomGraphTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void Random_graphs_have_sound_layouts(int lanes)
    {
        for (int seed = 0; seed < 400; seed++)
        {
            var plan = ExecutionPlan.Create(new RandomGraph(seed).Draw(12), HostTarget.Of(lanes));
            LayoutVerifier.Verify(plan).ShouldBeEmpty($"seed {seed}");
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void Random_graphs_compute_what_the_reference_computes(int lanes)
    {
        for (int seed = 1000; seed < 1024; seed++)
        {
            Network network = new RandomGraph(seed).Draw(10);
            var sketch = new NetworkSketch(seed);
            Dictionary<string, Tensor> inputs = network.Inputs.ToDictionary(input => input.Name, input => sketch.Random(input.Type.Shape));
            IReadOnlyDictionary<string, Tensor> expected = ReferenceExecutor.Run(network, inputs);
            using CompiledModel model = CompiledModel.Compile(
                network, new Dictionary<string, IReadOnlyDictionary<string, string>>(), new ModelOptions { Threads = 1, Lanes = lanes });
            IReadOnlyDictionary<string, Tensor> actual = model.Run(inputs);
            foreach ((string name, Tensor tensor) in expected)
            {
                Closeness.Check($"seed {seed}: {name}", actual[name], tensor);
            }
        }
    }
}
