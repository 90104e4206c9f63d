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

    /// <summary>A language model's inputs and output: token i gives the logits (0, i, 2i), or zeros where it is masked.</summary>
    public static void WriteText(string path)
    {
        var builder = new NetworkBuilder("text");
        string tokens = builder.Input("input_ids", new TensorType(DataType.Int64, Shape.Of(1, 4)));
        string mask = builder.Input("attention_mask", new TensorType(DataType.Int64, Shape.Of(1, 4)));
        float[] embedding = [.. Enumerable.Range(0, 8).SelectMany(token => new float[] { token, 1 })];
        string embedded = builder.Add("Gather", "embedded", [builder.Constant("table", Tensor.Of(Shape.Of(8, 2), embedding)), tokens]);
        string kept = builder.Add("Unsqueeze", "kept", [builder.Add("Cast", "mask_f", [mask], ("to", 1)), builder.Constant("axis", Tensor.Of(Shape.Of(1), [2L]))]);
        string masked = builder.Add("Mul", "masked", [embedded, kept]);
        builder.Output(builder.Add("MatMul", "logits", [masked, builder.Constant("w", Tensor.Of(Shape.Of(2, 3), [0f, 1, 2, 0, 0, 0]))]));
        OnnxWriter.Write(builder.Build(), path);
    }
}
