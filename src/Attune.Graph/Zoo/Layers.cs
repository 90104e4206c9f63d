using Attune.Graph.Building;
using Attune.Kernels;

namespace Attune.Graph.Zoo;

/// <summary>
/// The layers that the zoo's networks are made of. Weights follow He et al. (ICCV 2015): variance 2 / fan-in behind a rectifier, 1 / fan-in
/// otherwise; statistics of batch norms lie around those that such weights produce, so activations keep about unit scale.
/// </summary>
internal sealed class Layers(string name, int seed, int batch)
{
    private const int Image = 224;
    private const int Classes = 1000;

    private readonly NetworkBuilder builder = new(name, opset: 13);
    private readonly SeededWeights weights = new(seed);
    private bool clips;

    /// <summary>The network's name, for architectures that bring their own layers.</summary>
    public string Name => name;

    /// <summary>Seed of the weights.</summary>
    public int Seed => seed;

    /// <summary>Samples per inference.</summary>
    public int Batch => batch;

    /// <summary>The input of every network: batch x 3 x 224 x 224.</summary>
    public string Input() => builder.Input("input", batch, 3, Image, Image);

    public string Convolution(
        string layer, string x, long channels, long kernel, long stride = 1, long pad = 0, long group = 1, bool bias = true, bool rectified = true)
    {
        long fanIn = Channels(x) / group;
        float deviation = MathF.Sqrt((rectified ? 2f : 1f) / (fanIn * kernel * kernel));
        string w = builder.Constant($"{layer}.weight", weights.Normal($"{layer}.weight", deviation, channels, fanIn, kernel, kernel));
        string[] operands = bias ? [x, w, Vector($"{layer}.bias", -0.05f, 0.05f, channels)] : [x, w];
        return builder.Add(
            "Conv",
            layer,
            operands,
            ("kernel_shape", Two(kernel)),
            ("strides", Two(stride)),
            ("pads", Four(pad)),
            ("dilations", Two(1)),
            ("group", group));
    }

    /// <summary>Batch normalisation whose factor is spread around <paramref name="scale"/>.</summary>
    public string BatchNorm(string layer, string x, float scale = 1)
    {
        long channels = Channels(x);
        return builder.Add(
            "BatchNormalization",
            layer,
            [
                x,
                Vector($"{layer}.weight", 0.9f * scale, 1.1f * scale, channels),
                Vector($"{layer}.bias", -0.1f, 0.1f, channels),
                Vector($"{layer}.running_mean", -0.1f, 0.1f, channels),
                Vector($"{layer}.running_var", 0.8f, 1.2f, channels),
            ],
            ("epsilon", 1e-5f));
    }

    public string Relu(string layer, string x) => builder.Add("Relu", layer, [x]);

    /// <summary>Rectifier with an upper bound of six.</summary>
    public string Relu6(string layer, string x)
    {
        if (!clips)
        {
            clips = true;
            builder.Constant("zero", Tensor.Scalar(0f));
            builder.Constant("six", Tensor.Scalar(6f));
        }

        return builder.Add("Clip", layer, [x, "zero", "six"]);
    }

    public string MaxPool(string layer, string x, long kernel, long stride, long pad = 0, bool ceil = false) => builder.Add(
        "MaxPool",
        layer,
        [x],
        ("kernel_shape", Two(kernel)),
        ("strides", Two(stride)),
        ("pads", Four(pad)),
        ("ceil_mode", ceil));

    public string Add(string layer, string left, string right) => builder.Add("Add", layer, [left, right]);

    public string Concat(string layer, params ReadOnlySpan<string> parts) => builder.Add("Concat", layer, parts, ("axis", 1));

    public string GlobalPool(string x) => builder.Add("GlobalAveragePool", "avgpool", [x]);

    public string Flatten(string x) => builder.Add("Flatten", "flatten", [x], ("axis", 1));

    public string Linear(string layer, string x, long features = Classes)
    {
        long fanIn = builder.TypeOf(x).Shape.Dimensions[1];
        string w = builder.Constant($"{layer}.weight", weights.Normal($"{layer}.weight", MathF.Sqrt(2f / fanIn), features, fanIn));
        return builder.Add("Gemm", layer, [x, w, Vector($"{layer}.bias", -0.05f, 0.05f, features)], ("transB", 1));
    }

    /// <summary>Ends the network at a value.</summary>
    public Network Finish(string output)
    {
        builder.Output(output);
        return builder.Build();
    }

    public long Channels(string x) => builder.TypeOf(x).Shape.Dimensions[1];

    private string Vector(string value, float low, float high, long count) => builder.Constant(value, weights.Uniform(value, low, high, count));

    private static long[] Two(long value) => [value, value];

    private static long[] Four(long value) => [value, value, value, value];
}
