using Attune.Graph.Building;
using Attune.Kernels;

namespace Attune.Graph.Tests.Passes;

/// <summary>An encoder layer as exporters write it: projections, attention by shape arithmetic, normalisation and GELU spelt out.</summary>
public sealed class TransformerTests
{
    private const int Width = 8;
    private const int Heads = 2;

    [Fact]
    public void An_encoder_layer_becomes_four_products_one_attention_and_two_norms()
    {
        Network fused = Equivalence.Default(Encoder());

        Node[] dense = [.. fused.Nodes.Where(node => node.Operator == FusedOperators.Dense)];
        dense.Select(node => node.Name).ShouldBe(["q+k+v", "project", "up", "down"]);
        fused.Nodes.Select(node => node.Operator).Distinct().ShouldBe(["LayerNormalization", FusedOperators.Dense, FusedOperators.Attention]);
        dense.ShouldAllBe(node => node.Input(2).Length > 0);
        dense.Single(node => node.Name == "up").Attributes.Text("activation", "").ShouldBe("gelu");
        dense.Where(node => node.Input(3).Length > 0).Select(node => node.Name).ShouldBe(["project", "down"]);
        fused.Nodes.ShouldNotContain(node => node.Operator == "Shape" || node.Operator == "Erf" || node.Operator == "Constant");
    }

    private static Network Encoder()
    {
        var b = new NetworkBuilder("encoder");
        string x = b.Input("x", 1, 5, Width);
        string n = Normalise(b, "ln1", x);
        string q = Split(b, "q", Project(b, "q", n, Width, Width, 1), [0, 2, 1, 3]);
        string k = Split(b, "k", Project(b, "k", n, Width, Width, 2), [0, 2, 3, 1]);
        string v = Split(b, "v", Project(b, "v", n, Width, Width, 3), [0, 2, 1, 3]);
        string scores = b.Add("Div", "scores", [b.Add("MatMul", "qk", [q, k]), b.Constant("root", Tensor.Scalar(2f))]);
        string context = b.Add("MatMul", "context", [b.Add("Softmax", "weights", [scores], ("axis", -1)), v]);
        string merged = b.Add("Transpose", "merged", [context], ("perm", new long[] { 0, 2, 1, 3 }));
        string flat = b.Add("Reshape", "flat", [merged, b.Constant("flat.shape", Tensor.Vector(0L, 0, Width))]);
        string attended = b.Add("Add", "attended", [Project(b, "project", flat, Width, Width, 4), x]);
        string up = Project(b, "up", Normalise(b, "ln2", attended), Width, 4 * Width, 5);
        string erf = b.Add("Erf", "erf", [b.Add("Div", "scaled", [up, b.Constant("sqrt2", Tensor.Scalar(1.4142135f))])]);
        string gate = b.Add("Add", "gate", [erf, b.Constant("one", Tensor.Scalar(1f))]);
        string gelu = b.Add("Mul", "gelu", [b.Add("Mul", "gated", [up, gate]), b.Constant("half", Tensor.Scalar(0.5f))]);
        b.Output(b.Add("Add", "y", [attended, Project(b, "down", gelu, 4 * Width, Width, 6)]));
        return b.Build();
    }

    private static string Project(NetworkBuilder b, string name, string x, long from, long to, int seed)
    {
        string product = b.Add("MatMul", name, [x, b.Constant($"{name}.w", Equivalence.Random(seed, from, to))]);
        return b.Add("Add", $"{name}.sum", [b.Constant($"{name}.b", Equivalence.Random(seed + 50, to)), product]);
    }

    private static string Split(NetworkBuilder b, string name, string x, long[] order)
    {
        // The sequence length is read from the shape at run time, as exporters with dynamic axes do.
        string length = b.Add(
            "Slice",
            $"{name}.length",
            [b.Add("Shape", $"{name}.shape", [x]), b.Constant($"{name}.0", Tensor.Vector(1L)), b.Constant($"{name}.1", Tensor.Vector(2L))]);
        string target = b.Add(
            "Concat",
            $"{name}.target",
            [b.Constant($"{name}.batch", Tensor.Vector(1L)), length, b.Constant($"{name}.rest", Tensor.Vector((long)Heads, Width / Heads))],
            ("axis", 0));
        return b.Add("Transpose", $"{name}.heads", [b.Add("Reshape", $"{name}.split", [x, target])], ("perm", order));
    }

    private static string Normalise(NetworkBuilder b, string name, string x)
    {
        string centred = b.Add("Sub", $"{name}.centred", [x, b.Add("ReduceMean", $"{name}.mean", [x], ("axes", new long[] { -1 }))]);
        string square = b.Add("Pow", $"{name}.square", [centred, b.Constant($"{name}.two", Tensor.Scalar(2f))]);
        string variance = b.Add(
            "Add",
            $"{name}.variance",
            [b.Add("ReduceMean", $"{name}.spread", [square], ("axes", new long[] { -1 })), b.Constant($"{name}.epsilon", Tensor.Scalar(1e-5f))]);
        string unit = b.Add("Div", $"{name}.unit", [centred, b.Add("Sqrt", $"{name}.root", [variance])]);
        string scaled = b.Add("Mul", $"{name}.scaled", [unit, b.Constant($"{name}.gamma", Equivalence.Positive(9, Width))]);
        return b.Add("Add", $"{name}.y", [scaled, b.Constant($"{name}.beta", Equivalence.Random(10, Width))]);
    }
}
