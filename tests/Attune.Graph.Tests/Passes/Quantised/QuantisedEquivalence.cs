using Attune.Kernels;
using Attune.Passes;
using Attune.Reference;

namespace Attune.Graph.Tests.Passes.Quantised;

/// <summary>Runs quantised networks before and after the passes on the reference kernels.</summary>
internal static class QuantisedEquivalence
{
    /// <summary>Runs the default passes, verifies every result, compares outputs, and returns the rewritten network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="steps">By how many steps of its scale an output of bytes may differ.</param>
    /// <param name="tolerance">By how much an output of floats may differ.</param>
    /// <param name="varied">Whether to insist on outputs that are not all alike, which would be equal whatever the passes did.</param>
    public static Network Default(Network network, int steps = 0, float tolerance = 0, bool varied = true)
    {
        NetworkVerifier.Verify(network).ShouldBeEmpty();
        Network rewritten = PassPipeline.Default.Run(network, (pass, after) => NetworkVerifier.Verify(after).ShouldBeEmpty($"{network.Name}, {pass.Name}"));
        rewritten.Outputs.ShouldBe(network.Outputs);
        rewritten.Inputs.ShouldBe(network.Inputs);
        var inputs = network.Inputs.Select((input, i) => (input.Name, Value: Random(100 + i, input.Type))).ToDictionary(pair => pair.Name, pair => pair.Value);
        IReadOnlyDictionary<string, Tensor> expected = ReferenceExecutor.Run(network, inputs);
        IReadOnlyDictionary<string, Tensor> actual = ReferenceExecutor.Run(rewritten, inputs);
        foreach ((string name, Tensor tensor) in expected)
        {
            actual[name].Type.ShouldBe(tensor.Type);
            double[] wanted = Numbers.ToDoubles(tensor);
            double[] got = Numbers.ToDoubles(actual[name]);
            double allowed = tensor.Element == DataType.Float32 ? tolerance : steps;
            for (int i = 0; i < wanted.Length; i++)
            {
                (Math.Abs(got[i] - wanted[i]) <= allowed || got[i].Equals(wanted[i]))
                    .ShouldBeTrue($"{network.Name}: {name}[{i}] is {got[i]} instead of {wanted[i]}");
            }

            (!varied || wanted.Length < 8 || wanted.Distinct().Count() > 2).ShouldBeTrue($"{network.Name}: {name} is nearly constant");
        }

        return rewritten;
    }

    /// <summary>The operators in order, joined by spaces; conversions as Load and Store.</summary>
    public static string Operators(Network network) =>
        Equivalence.Operators(network).Replace("DequantizeLinear", "Load").Replace("QuantizeLinear", "Store");

    private static Tensor Random(int seed, TensorType type)
    {
        Tensor numbers = Equivalence.Random(seed, [.. type.Shape.Dimensions]);
        return type.Element switch
        {
            DataType.UInt8 => Tensor.Of(type.Shape, Array.ConvertAll(numbers.Elements<float>(), number => (byte)((number + 1) * 127))),
            DataType.Int8 => Tensor.Of(type.Shape, Array.ConvertAll(numbers.Elements<float>(), number => (sbyte)(number * 127))),
            _ => numbers,
        };
    }
}
