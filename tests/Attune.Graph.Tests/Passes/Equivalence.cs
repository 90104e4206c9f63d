using Attune.Kernels;
using Attune.Passes;
using Attune.Reference;

namespace Attune.Graph.Tests.Passes;

/// <summary>Runs networks before and after a pass on the reference kernels.</summary>
internal static class Equivalence
{
    /// <summary>Seeded numbers around zero.</summary>
    public static Tensor Random(int seed, params long[] extents)
    {
        var random = new Random(seed);
        var shape = Shape.Of(extents);
        var data = new float[shape.Count];
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = ((float)random.NextDouble() * 2) - 1;
        }

        return Tensor.Of(shape, data);
    }

    /// <summary>Seeded positive numbers, for variances.</summary>
    public static Tensor Positive(int seed, params long[] extents)
    {
        Tensor tensor = Random(seed, extents);
        return Tensor.Of(tensor.Shape, Array.ConvertAll(tensor.Elements<float>(), value => MathF.Abs(value) + 0.1f));
    }

    /// <summary>Runs the pass, verifies the result, compares all outputs, and returns the rewritten network.</summary>
    public static Network Check(Network network, params IGraphPass[] passes)
    {
        NetworkVerifier.Verify(network).ShouldBeEmpty();
        Network rewritten = network;
        foreach (IGraphPass pass in passes)
        {
            rewritten = pass.Run(rewritten);
            NetworkVerifier.Verify(rewritten).ShouldBeEmpty(pass.Name);
        }

        CompareOutputs(network, rewritten);
        return rewritten;
    }

    /// <summary>Compares all outputs on the same random inputs.</summary>
    public static void CompareOutputs(Network network, Network rewritten)
    {
        rewritten.Outputs.ShouldBe(network.Outputs);
        rewritten.Inputs.ShouldBe(network.Inputs);
        var inputs = network.Inputs.Select(
            (input, i) => (input.Name, Value: Random(100 + i, [.. input.Type.Shape.Dimensions]))).ToDictionary(pair => pair.Name, pair => pair.Value);
        IReadOnlyDictionary<string, Tensor> expected = ReferenceExecutor.Run(network, inputs);
        IReadOnlyDictionary<string, Tensor> actual = ReferenceExecutor.Run(rewritten, inputs);
        foreach ((string name, Tensor tensor) in expected)
        {
            actual[name].Type.ShouldBe(tensor.Type);
            float[] wanted = tensor.Elements<float>();
            float[] got = actual[name].Elements<float>();
            for (int i = 0; i < wanted.Length; i++)
            {
                got[i].ShouldBe(wanted[i], 1e-4f * (1 + Math.Abs(wanted[i])), $"{name}[{i}]");
            }
        }
    }

    /// <summary>The operators in order, joined by spaces.</summary>
    public static string Operators(Network network) => string.Join(' ', network.Nodes.Select(node => node.Operator));

    /// <summary>All passes of the default pipeline, each verified.</summary>
    public static Network Default(Network network) => Check(network, [.. PassPipeline.Default.Passes]);
}
