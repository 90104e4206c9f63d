using Attune.Graph;
using Attune.Kernels;

namespace Attune.EndToEnd;

/// <summary>An ONNX file that is tuned in a moment: one convolution and its activation.</summary>
internal static class SmallModel
{
    public static void Write(string path)
    {
        var random = new Random(5);
        var builder = new NetworkBuilder("small");
        float[] weights = [.. Enumerable.Range(0, 32 * 16).Select(_ => random.NextSingle() - 0.5f)];
        string x = builder.Input("x", 1, 16, 12, 12);
        x = builder.Add("Conv", "conv", [x, builder.Constant("w", Tensor.Of(Shape.Of(32, 16, 1, 1), weights))]);
        builder.Output(builder.Add("Relu", "y", [x]));
        OnnxWriter.Write(builder.Build(), path);
    }
}
