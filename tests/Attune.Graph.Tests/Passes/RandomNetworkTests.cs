using Attune.Graph.Building;
using Attune.Kernels;
using Attune.Passes;

namespace Attune.Graph.Tests.Passes;

/// <summary>Small random networks mean the same before and after all passes.</summary>
public sealed class RandomNetworkTests
{
    [Fact]
    public void All_passes_keep_the_meaning_of_random_networks()
    {
        for (int seed = 0; seed < 120; seed++)
        {
            Network network = Build(seed);
            Network rewritten = PassPipeline.Default.Run(network, (pass, after) => NetworkVerifier.Verify(after).ShouldBeEmpty($"seed {seed}, {pass.Name}"));
            Equivalence.CompareOutputs(network, rewritten);
        }
    }

    private static Network Build(int seed)
    {
        var random = new Random(seed);
        var b = new NetworkBuilder($"random {seed}", opset: 14);
        b.Constant("lo", Tensor.Scalar(-0.5f));
        b.Constant("hi", Tensor.Scalar(0.75f));
        List<string> values = [b.Input("x", 1, 4, 6, 6), b.Input("z", 1, 4, 6, 6)];
        int steps = random.Next(4, 14);
        for (int step = 0; step < steps; step++)
        {
            // Mostly the newest value, so that chains arise which fusion can work on.
            string a = random.Next(4) > 0 ? values[^1] : values[random.Next(values.Count)];
            string other = values[random.Next(values.Count)];
            string name = $"v{step}";
            values.Add(random.Next(14) switch
            {
                0 or 1 or 2 => FusionTests.Convolution(b, name, a, 4, 4, 3, seed + step, ("pads", new long[] { 1, 1, 1, 1 })),
                3 => FusionTests.Convolution(b, name, a, 2, 4, 1, seed + step, ("group", 2)),
                4 => FusionTests.BatchNorm(b, name, a, 4),
                5 or 6 => b.Add("Add", name, [a, other]),
                7 => b.Add("Relu", name, [a]),
                8 => b.Add("Clip", name, [a, "lo", "hi"]),
                9 => b.Add("Mul", name, [b.Add("Sigmoid", $"{name}.s", [a]), a]),
                10 => b.Add("MatMul", name, [a, b.Constant($"{name}.w", Equivalence.Random(seed + step, 6, 6))]),
                11 => b.Add("Sub", name, [a, b.Constant($"{name}.c", Equivalence.Random(seed + step, 4, 1, 1))]),
                12 => b.Add("Mul", name, [b.Constant($"{name}.c", Equivalence.Random(seed + step, 1, 4, 1, 1)), a]),
                _ => b.Add("Identity", name, [a]),
            });
        }

        b.Output(values[^1]);
        if (random.Next(2) == 0)
        {
            string extra = values[random.Next(2, values.Count - 1)];
            b.Output(extra);
        }

        return b.Build();
    }
}
