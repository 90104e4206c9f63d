using Attune.Graph.Building;
using Attune.Graph.Tests.Passes;
using Attune.Kernels;

namespace Attune.Graph.Tests.Inference;

public sealed class FusedInferenceTests
{
    [Fact]
    public void A_fused_convolution_needs_everything_stated()
    {
        Build(FusedOperators.Convolution).ShouldBe("1x3x4x4");
        Refused(FusedOperators.Convolution, without: "pads").ShouldContain("pads");
        Refused(FusedOperators.Convolution, activation: "swoosh").ShouldContain("swoosh");
        Refused(FusedOperators.Convolution, residual: [1, 3, 4, 1]).ShouldContain("residual");
    }

    private static string Refused(string operation, string without = "", string activation = "relu", long[]? residual = null) =>
        Should.Throw<InvalidOperationException>(() => Build(operation, without, activation, residual)).Message;

    private static string Build(string operation, string without = "", string activation = "relu", long[]? residual = null)
    {
        var b = new NetworkBuilder("fused");
        string x = b.Input("x", 1, 2, 4, 4);
        string r = b.Input("r", residual ?? [1, 3, 4, 4]);
        (string Name, object Value)[] attributes =
        [
            ("kernel_shape", new long[] { 3, 3 }), ("strides", new long[] { 1, 1 }), ("dilations", new long[] { 1, 1 }),
            ("pads", new long[] { 1, 1, 1, 1 }), ("activation", activation),
        ];
        string y = b.Add(
            operation, "y", [x, b.Constant("w", Equivalence.Random(1, 3, 2, 3, 3)), "", r], [.. attributes.Where(attribute => attribute.Name != without)]);
        return b.TypeOf(y).Shape.ToString();
    }
}
