using Attune.Graph.Tests.Reading;
using Attune.Kernels;
using Attune.Passes;
using Attune.Reference;
using static Attune.Graph.Tests.Reading.ContributedModel;

namespace Attune.Graph.Tests.Passes;

/// <summary>What ONNX Runtime's optimiser merged is recognised again after it was taken apart, and means the same.</summary>
public sealed class ContributedFusionTests
{
    private const int Width = 8;
    private static readonly float[] X = Values(2 * 3 * Width, 1);

    [Fact]
    public void A_layer_of_a_transformer_becomes_products_attention_and_normalisations()
    {
        SmallModel model = New().Floats("x", [2, 3, Width], X).Whole("m", [2, 3], 1, 1, 0, 1, 1, 1)
            .Weights("w", [Width, 3 * Width], Values(3 * Width * Width, 2)).Weights("b", [3 * Width], Values(3 * Width, 3))
            .Weights("g", [Width], Values(Width, 4)).Weights("h", [Width], Values(Width, 5)).Weights("v", [Width, Width], Values(Width * Width, 6))
            .Op("Attention", "x w b m", "a", ("num_heads", 2L)).Op("SkipLayerNormalization", "a x g h", "n", ("epsilon", 1e-3f))
            .Node("MatMul", "n v", "p").Op("BiasGelu", "p h", "y").Output("y");

        Network fused = Fused(model);

        fused.Nodes.Select(static node => node.Operator).ShouldContain(FusedOperators.Attention);
        fused.Nodes.Select(static node => node.Operator).Intersect(["Softmax", "Transpose", "Gelu", "MatMul"]).ShouldBeEmpty();
        ReferenceExecutor.Run(fused, Inputs(("m", Tensor.Of(Shape.Of(2, 3), new[] { 1, 1, 0, 1, 1, 1 }))))["y"].Elements<float>()
            .Zip(model.Run()[0].Elements<float>(), static (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-5f);
    }

    [Theory]
    [InlineData("MultiHeadAttention")]
    [InlineData("GroupQueryAttention")]
    public void Heads_with_their_own_keys_are_one_operator(string operation)
    {
        bool grouped = operation == "GroupQueryAttention";
        (string, object)[] others = grouped ? [("kv_num_heads", 2L)] : [];
        SmallModel model = New().Floats("x", [2, 3, Width], X).Whole("n", [2], 2, 2).Constant("t", Tensor.Of(Shape.Of(1), new[] { 3 }))
            .Op(operation, grouped ? "x x x   n t" : "x x x", "y", [("num_heads", 2L), .. others])
            .Output("y");

        Network fused = Fused(model);

        fused.Nodes.Where(static node => node.Operator != "Identity").ShouldHaveSingleItem().Operator.ShouldBe(FusedOperators.Attention);
        ReferenceExecutor.Run(fused, Inputs(("n", Tensor.Of(Shape.Of(2), new[] { 2, 2 }))))["y"].Elements<float>()
            .Zip(model.Run()[0].Elements<float>(), static (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-5f);
    }

    private static Network Fused(SmallModel model)
    {
        Network fused = PassPipeline.Default.Run(model.Network());
        NetworkVerifier.Verify(fused).ShouldBeEmpty();
        return fused;
    }

    private static Dictionary<string, Tensor> Inputs(params (string Name, Tensor Value)[] others) =>
        others.Append(("x", Tensor.Of(Shape.Of(2, 3, Width), X))).ToDictionary(static input => input.Item1, static input => input.Item2);
}
