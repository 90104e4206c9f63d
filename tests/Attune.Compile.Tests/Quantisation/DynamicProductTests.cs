using System.Collections.Immutable;
using Attune.Graph.Building;
using Attune.Kernels;
using Attune.Measuring.Models;
using Attune.Passes;
using Attune.Reference;
using Attune.Runtime;

namespace Attune.Compile.Tests.Quantisation;

/// <summary>Products whose input is quantised when the network runs, compiled.</summary>
public sealed class DynamicProductTests
{
    private static readonly ImmutableDictionary<string, IReadOnlyDictionary<string, string>> NoConfigurations =
        ImmutableDictionary<string, IReadOnlyDictionary<string, string>>.Empty;

    [Theory]
    [InlineData(new long[] { 1, 64 }, 32)]
    [InlineData(new long[] { 7, 24 }, 10)]
    [InlineData(new long[] { 2, 16, 48 }, 96)]
    [InlineData(new long[] { 1, 3 }, 1)]
    public void Compiled_layers_give_what_the_integers_give(long[] extents, int columns)
    {
        var random = new Random(columns);
        int depth = (int)extents[^1];
        var b = new NetworkBuilder("dynamic", 13);
        string[] q = b.Add("DynamicQuantizeLinear", "store", [b.Input("x", extents)], ["bytes", "scale", "zero"]);
        string weights = b.Constant("w", Tensor.Of(
            Shape.Of(depth, columns), Enumerable.Range(0, depth * columns).Select(_ => (sbyte)random.Next(-127, 128)).ToArray()));
        string steps = b.Constant("steps", Tensor.Vector(Enumerable.Range(0, columns).Select(_ => 0.001f + (0.01f * random.NextSingle())).ToArray()));
        string bias = b.Constant("bias", Tensor.Vector(Enumerable.Range(0, columns).Select(_ => random.NextSingle() - 0.5f).ToArray()));
        string product = b.Add("Cast", "floats", [b.Add("MatMulInteger", "product", [q[0], weights, q[2]])], ("to", 1));
        string scaled = b.Add("Mul", "scaled", [product, b.Add("Mul", "scales", [q[1], steps])]);
        b.Output(b.Add("Relu", "y", [b.Add("Add", "sum", [scaled, bias])]));
        Network network = b.Build();

        Network fused = PassPipeline.Default.Run(network);
        Node layer = fused.Nodes.Single(node => node.Operator == FusedOperators.Dense);
        fused.TypeOf(layer.Inputs[1]).Element.ShouldBe(DataType.Int8);
        using var model = CompiledModel.Compile(fused, NoConfigurations, new ModelOptions { Threads = 1 });
        for (int seed = 1; seed <= 3; seed++)
        {
            Dictionary<string, Tensor> inputs = RandomInputs.For(network.Inputs, seed);
            float[] wanted = ReferenceExecutor.Run(network, inputs)["y"].Elements<float>();
            float[] got = model.Run(inputs)["y"].Elements<float>();
            float largest = wanted.Max(Math.Abs);
            wanted.Zip(got, (one, other) => Math.Abs(one - other)).Max().ShouldBeLessThanOrEqualTo(1e-5f * Math.Max(1, largest));
        }
    }
}
