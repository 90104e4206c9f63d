using Attune.Graph;
using Attune.Graph.Building;
using Attune.Graph.Onnx;
using Attune.Kernels;
using Google.Protobuf;

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

    /// <summary>A small classifier with a layer of every kind that is tuned: an image of 3x24x24 gives ten probabilities.</summary>
    public static void WriteClassifier(string path)
    {
        var random = new Random(6);
        var builder = new NetworkBuilder("classifier");
        long[] padding = [1, 1, 1, 1];
        string x = builder.Input("x", 1, 3, 24, 24);
        x = builder.Add("Relu", "r1", [builder.Add("Conv", "stem", [x, Weights("w1", 16, 3, 3, 3)], ("pads", padding), ("strides", new long[] { 2, 2 }))]);
        x = builder.Add("Relu", "r2", [builder.Add("Conv", "full", [x, Weights("w2", 32, 16, 3, 3)], ("pads", padding))]);
        x = builder.Add("Relu", "r3", [builder.Add("Conv", "depthwise", [x, Weights("w3", 32, 1, 3, 3)], ("pads", padding), ("group", 32L))]);
        x = builder.Add("Relu", "r4", [builder.Add("Conv", "pointwise", [x, Weights("w4", 64, 32, 1, 1)])]);
        x = builder.Add("Flatten", "flat", [builder.Add("GlobalAveragePool", "pool", [x])]);
        x = builder.Add("Gemm", "dense", [x, Weights("w5", 64, 10)]);
        builder.Output(builder.Add("Softmax", "y", [x], ("axis", -1L)));
        OnnxWriter.Write(builder.Build(), path);

        // As large as keeps the sums of a layer about as large as what goes in.
        string Weights(string name, params long[] shape)
        {
            float size = 2 / MathF.Sqrt(shape.Length == 2 ? shape[0] : shape[1..].Aggregate(1L, (product, extent) => product * extent));
            float[] data = [.. Enumerable.Range(0, (int)shape.Aggregate(1L, (product, extent) => product * extent)).Select(
                _ => (random.NextSingle() - 0.5f) * 2 * size)];
            return builder.Constant(name, Tensor.Of(Shape.Of(shape), data));
        }
    }

    /// <summary>Twice what is positive of an image of three channels, of any batch, height and width.</summary>
    public static void WriteOpen(string path)
    {
        var builder = new NetworkBuilder("open");
        string x = builder.Input("x", 1, 3, 8, 8);
        x = builder.Add("Conv", "conv", [x, builder.Constant("w", Tensor.Of(Shape.Of(3, 3, 1, 1), [2f, 0, 0, 0, 2, 0, 0, 0, 2]))]);
        builder.Output(builder.Add("Relu", "y", [x]));
        OnnxWriter.Write(builder.Build(), path);
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        foreach ((int axis, string symbol) in new[] { (0, "batch"), (2, "height"), (3, "width") })
        {
            model.Graph.Input[0].Type.TensorType.Shape.Dim[axis].DimParam = symbol;
            model.Graph.Output[0].Type.TensorType.Shape.Dim[axis].DimParam = symbol;
        }

        File.WriteAllBytes(path, model.ToByteArray());
    }

    /// <summary>A language model's inputs and output: token i gives the logits (0, i, 2i), or zeros where it is masked.</summary>
    public static void WriteText(string path)
    {
        var builder = new NetworkBuilder("text");
        string tokens = builder.Input("input_ids", new TensorType(DataType.Int64, Shape.Of(1, 4)));
        string mask = builder.Input("attention_mask", new TensorType(DataType.Int64, Shape.Of(1, 4)));
        float[] embedding = [.. Enumerable.Range(0, 8).SelectMany(token => new float[] { token, 1 })];
        string embedded = builder.Add("Gather", "embedded", [builder.Constant("table", Tensor.Of(Shape.Of(8, 2), embedding)), tokens]);
        string kept = builder.Add(
            "Unsqueeze", "kept", [builder.Add("Cast", "mask_f", [mask], ("to", 1)), builder.Constant("axis", Tensor.Of(Shape.Of(1), [2L]))]);
        string masked = builder.Add("Mul", "masked", [embedded, kept]);
        builder.Output(builder.Add("MatMul", "logits", [masked, builder.Constant("w", Tensor.Of(Shape.Of(2, 3), [0f, 1, 2, 0, 0, 0]))]));
        OnnxWriter.Write(builder.Build(), path);
    }
}
