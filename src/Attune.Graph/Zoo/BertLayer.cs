using Attune.Graph.Building;
using Attune.Kernels;

namespace Attune.Graph.Zoo;

/// <summary>
/// One encoder layer of BERT-base (Devlin et al., NAACL 2019) on 128 tokens: 12 heads of 64, 768 wide, feed-forward 3072, GELU through erf. Operators are
/// those that PyTorch's exporter writes for it. Weights have variance 1 / fan-in, so that scores and activations keep about unit scale.
/// </summary>
internal sealed class BertLayer
{
    private const int Tokens = 128;
    private const int Width = 768;
    private const int Heads = 12;
    private const int Inner = 3072;

    private readonly NetworkBuilder builder;
    private readonly SeededWeights weights;
    private readonly int batch;

    private BertLayer(Layers layers)
    {
        builder = new NetworkBuilder(layers.Name, opset: 17);
        weights = new SeededWeights(layers.Seed);
        batch = layers.Batch;
    }

    public static Network Build(Layers layers) => new BertLayer(layers).Encoder();

    private Network Encoder()
    {
        string x = builder.Input("input", batch, Tokens, Width);
        string query = Split("query", x, [0, 2, 1, 3]);
        string key = Split("key", x, [0, 2, 3, 1]);
        string value = Split("value", x, [0, 2, 1, 3]);
        string root = builder.Constant("attention.root", Tensor.Scalar(MathF.Sqrt(Width / Heads)));
        string scores = builder.Add("Div", "attention.scores", [builder.Add("MatMul", "attention.product", [query, key]), root]);
        string shares = builder.Add("Softmax", "attention.weights", [scores], ("axis", -1));
        string context = builder.Add(
            "Transpose", "attention.merged", [builder.Add("MatMul", "attention.context", [shares, value])], ("perm", new long[] { 0, 2, 1, 3 }));
        string flat = builder.Add("Reshape", "attention.flat", [context, Extents("attention.extents", Width)]);
        string attended = builder.Add("Add", "attention.residual", [Linear("attention.output", flat, Width), x]);
        string normal = Norm("attention.norm", attended);
        string gelu = Gelu(Linear("intermediate", normal, Inner));
        string sum = builder.Add("Add", "output.residual", [Linear("output", gelu, Width), normal]);
        builder.Output(Norm("output.norm", sum));
        return builder.Build();
    }

    private string Split(string name, string x, long[] order)
    {
        string split = builder.Add("Reshape", $"{name}.split", [Linear(name, x, Width), Extents($"{name}.extents", Heads, Width / Heads)]);
        return builder.Add("Transpose", $"{name}.heads", [split], ("perm", order));
    }

    private string Linear(string name, string x, long features)
    {
        long fanIn = builder.TypeOf(x).Shape.Dimensions[^1];
        string w = builder.Constant($"{name}.weight", weights.Normal($"{name}.weight", MathF.Sqrt(1f / fanIn), fanIn, features));
        string b = builder.Constant($"{name}.bias", weights.Uniform($"{name}.bias", -0.05f, 0.05f, features));
        return builder.Add("Add", $"{name}.sum", [b, builder.Add("MatMul", name, [x, w])]);
    }

    private string Norm(string name, string x)
    {
        string gamma = builder.Constant($"{name}.weight", weights.Uniform($"{name}.weight", 0.9f, 1.1f, Width));
        string beta = builder.Constant($"{name}.bias", weights.Uniform($"{name}.bias", -0.1f, 0.1f, Width));
        return builder.Add("LayerNormalization", name, [x, gamma, beta], ("axis", -1), ("epsilon", 1e-12f));
    }

    private string Gelu(string x)
    {
        string erf = builder.Add("Erf", "gelu.erf", [builder.Add("Div", "gelu.scaled", [x, builder.Constant("gelu.root", Tensor.Scalar(MathF.Sqrt(2)))])]);
        string gate = builder.Add("Add", "gelu.gate", [erf, builder.Constant("gelu.one", Tensor.Scalar(1f))]);
        return builder.Add("Mul", "gelu", [builder.Add("Mul", "gelu.gated", [x, gate]), builder.Constant("gelu.half", Tensor.Scalar(0.5f))]);
    }

    private string Extents(string name, params ReadOnlySpan<long> rest) => builder.Constant(name, Tensor.Vector([batch, Tokens, .. rest]));
}
