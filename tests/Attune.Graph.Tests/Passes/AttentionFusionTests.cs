using Attune.Graph.Building;
using Attune.Kernels;
using Attune.Passes;

namespace Attune.Graph.Tests.Passes;

public sealed class AttentionFusionTests
{
    private const int Heads = 3;
    private const int Size = 4;

    [Theory]
    [InlineData("scores")]
    [InlineData("query")]
    [InlineData("both")]
    [InlineData("turned key")]
    [InlineData("none")]
    public void Attention_is_recognised_wherever_its_scale_stands(string form)
    {
        Network fused = Equivalence.Check(Build(form), new AttentionFusion());
        Node node = fused.Nodes.ShouldHaveSingleItem();
        node.Operator.ShouldBe(FusedOperators.Attention);
        node.Inputs.ShouldBe(["q", "k", "v"]);
        node.Attributes.Float("scale", 0).ShouldBe(form == "none" ? 1 : 0.5f, 1e-6f);
        node.Attributes.Int("heads", 0).ShouldBe(Heads);
    }

    [Theory]
    [InlineData(new long[] { 2, 1, 1, 6 })]
    [InlineData(new long[] { 5, 6 })]
    [InlineData(new long[] { 1, 3, 5, 6 })]
    public void An_additive_mask_is_taken_in(long[] mask)
    {
        Node node = Equivalence.Check(Build("scores", mask), new AttentionFusion()).Nodes.ShouldHaveSingleItem();
        node.Inputs.ShouldBe(["q", "k", "v", "mask"]);
    }

    [Theory]
    [InlineData("scores are read")]
    [InlineData("weights are an output")]
    [InlineData("softmax over queries")]
    [InlineData("other split")]
    public void What_is_no_attention_stays(string form)
    {
        Network network = Build(form);
        Equivalence.Check(network, new AttentionFusion()).ShouldBeSameAs(network);
    }

    [Fact]
    public void Projections_of_one_value_are_merged_and_those_of_several_are_not()
    {
        foreach (bool same in new[] { true, false })
        {
            var b = new NetworkBuilder("merge");
            string x = b.Input("x", 2, 5, 8);
            string other = b.Input("other", 2, 5, 8);
            string[] parts = [.. new[] { "q", "k", "v" }.Select((name, i) =>
                b.Add(
                    FusedOperators.Dense, name,
                    [name == "v" && !same ? other : x, b.Constant($"{name}.w", Equivalence.Random(i, 8, Heads * Size)), name == "k" ? "" : b.Constant(
                        $"{name}.b", Equivalence.Random(i + 9, Heads * Size))], ("transB", 0)))];
            b.Output(b.Add(
                FusedOperators.Attention, "a", parts, ("heads", Heads), ("size", Size), ("value_size", Size), ("scale", 0.5f),
                ("offsets", new long[] { 0, 0, 0 })));
            Network merged = Equivalence.Check(b.Build(), new ProjectionMerging());
            merged.Nodes.Length.ShouldBe(same ? 2 : 4);
            merged.Nodes[^1].Attributes.Ints("offsets")!.Value.ShouldBe(same ? [0, 12, 24] : [0, 0, 0]);
        }
    }

    [Fact]
    public void Projections_with_weights_stored_by_rows_are_merged_too()
    {
        var b = new NetworkBuilder("rows");
        string x = b.Input("x", 1, 5, 8);
        string[] parts = [.. new[] { "q", "k", "v" }.Select(
            (name, i) => b.Add(FusedOperators.Dense, name, [x, b.Constant($"{name}.w", Equivalence.Random(i, Heads * Size, 8))], ("transB", 1)))];
        b.Output(b.Add(
            FusedOperators.Attention, "a", parts, ("heads", Heads), ("size", Size), ("value_size", Size), ("scale", 0.5f),
            ("offsets", new long[] { 0, 0, 0 })));
        Equivalence.Operators(Equivalence.Check(b.Build(), new ProjectionMerging())).ShouldBe("attune.Dense attune.Attention");
    }

    [Fact]
    public void Attention_outside_its_rows_is_refused_by_inference()
    {
        var b = new NetworkBuilder("bad");
        string x = b.Input("x", 1, 5, 8);
        Should.Throw<InvalidOperationException>(
            () => b.Add(FusedOperators.Attention, "a", [x, x, x], ("heads", 2), ("size", 4), ("value_size", 4), ("offsets", new long[] { 0, 1, 0 }))).Message
            .ShouldContain("outside");
    }

    private static Network Build(string form, long[]? mask = null)
    {
        const int Queries = 5;
        const int Keys = 6;
        var b = new NetworkBuilder("attention");
        string q = Split(b, "q", b.Input("q", 2, Queries, Heads * Size), Queries, form);
        string k = Split(b, "k", b.Input("k", 2, Keys, Heads * Size), Keys, form);
        string v = Split(b, "v", b.Input("v", 2, Keys, Heads * Size), Keys, form);
        string half = form is "none" ? "" : b.Constant("scale", Tensor.Scalar(form == "both" ? MathF.Sqrt(0.5f) : 0.5f));
        q = form is "query" or "both" ? b.Add("Mul", "q.scaled", [q, half]) : q;
        k = form is "both" ? b.Add("Mul", "k.scaled", [half, k]) : k;
        string scores = b.Add("MatMul", "scores", [q, k]);
        scores = form is "query" or "both" or "none" ? scores : b.Add("Mul", "scaled", [scores, half]);
        scores = mask is null ? scores : b.Add("Add", "masked", [scores, b.Input("mask", mask)]);
        string weights = b.Add("Softmax", "weights", [scores], ("axis", form == "softmax over queries" ? 2 : -1));
        string context = b.Add("Transpose", "context", [b.Add("MatMul", "product", [weights, v])], ("perm", new long[] { 0, 2, 1, 3 }));
        string y = b.Add("Reshape", "y", [context, b.Constant("merged", Tensor.Vector(2L, Queries, Heads * Size))]);
        b.Output(y);
        if (form == "scores are read")
        {
            b.Output(b.Add("Relu", "again", [scores]));
        }

        if (form == "weights are an output")
        {
            b.Output(weights);
        }

        return b.Build();
    }

    private static string Split(NetworkBuilder b, string name, string x, int rows, string form)
    {
        // A split of a value that is not [batch, sequence, columns] must not be taken for one.
        long[] extents = [2, rows, Heads, Size];
        string source = form == "other split" ? b.Add("Reshape", $"{name}.mixed", [x, b.Constant($"{name}.flat", Tensor.Vector(2L, Heads * rows, Size))]) : x;
        string split = b.Add("Reshape", $"{name}.split", [source, b.Constant($"{name}.extents", Tensor.Vector(extents))]);
        if (name == "k" && form == "turned key")
        {
            string turned = b.Add("Transpose", "k.heads", [split], ("perm", new long[] { 0, 2, 1, 3 }));
            return b.Add("Transpose", "k.turned", [turned], ("perm", new long[] { 0, 1, 3, 2 }));
        }

        return b.Add("Transpose", $"{name}.heads", [split], ("perm", name == "k" ? new long[] { 0, 2, 3, 1 } : [0, 2, 1, 3]));
    }
}
