using Attune.Kernels;

namespace Attune.Graph.Passes.Quantised;

/// <summary>
/// Writes products of integers whose input is quantised when the network runs (DynamicQuantizeLinear, MatMulInteger or ConvInteger, a cast, and a product with
/// both scales) as a product of floats that are loaded from bytes. The integers are the same; the scales come before the sums instead of behind them, which
/// changes nothing but the rounding to single precision.
/// </summary>
internal sealed class DynamicProducts : IGraphPass
{
    public string Name => "dynamic products";

    public Network Run(Network network)
    {
        var editor = new NetworkEditor(network);
        var insertions = new NodeInsertions(editor);
        var loaded = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < editor.Count; i++)
        {
            if (editor[i] is { Operator: "Mul" } scaled && Match(editor, scaled) is { } found)
            {
                Rewrite(editor, insertions, i, found, loaded);
            }
        }

        return insertions.Build();
    }

    /// <summary>True for floats that are loaded from what a DynamicQuantizeLinear stored.</summary>
    public static bool IsLoaded(NetworkEditor editor, string value) =>
        editor.ProducerOf(value, "DequantizeLinear") is { } load
            && editor.ProducerOf(load.Inputs[0], "DynamicQuantizeLinear") is { } store
            && load.Inputs[1] == store.Outputs[1] && load.Input(2) == store.Outputs[2];

    private static void Rewrite(NetworkEditor editor, NodeInsertions insertions, int index, Found found, Dictionary<string, string> loaded)
    {
        (Node store, Node product, int axis, float[] steps) = found;

        // The first reader stands before all others.
        if (!loaded.TryGetValue(store.Outputs[0], out string? real))
        {
            loaded[store.Outputs[0]] = real = insertions.LoadWith(index, store.Outputs[0], store.Outputs[1], store.Outputs[2]);
        }

        Node scaled = editor[index]!;
        string scales = editor.AddConstant($"{product.Inputs[1]}.scales", Tensor.Vector(steps));
        string weights = insertions.LoadWeights(index, product.Inputs[1], scales, Zeros(editor, product, steps.Length), axis);
        editor.Replace(index, scaled with
        {
            Operator = product.Operator == "MatMulInteger" ? "MatMul" : "Conv",
            Opset = NodeInsertions.Opset,
            Inputs = [real, weights],
            Attributes = product.Attributes,
        });
    }

    private static Found? Match(NetworkEditor editor, Node scaled)
    {
        for (int side = 0; side < 2; side++)
        {
            if (editor.ProducerOf(scaled.Inputs[side], "Cast") is not { } cast || editor.TypeOf(cast.Outputs[0]) is not { Element: DataType.Float32 } type
                || !editor.HasOneReader(cast.Outputs[0]) || !editor.HasOneReader(cast.Inputs[0])
                || (editor.ProducerOf(cast.Inputs[0], "MatMulInteger") ?? editor.ProducerOf(cast.Inputs[0], "ConvInteger")) is not { } product
                || editor.ProducerOf(product.Inputs[0], "DynamicQuantizeLinear") is not { } store || product.Input(2) != store.Outputs[2]
                || editor.Constant(product.Inputs[1]) is not { } weights || !ByteScale.IsByte(weights.Element))
            {
                continue;
            }

            bool matrix = product.Operator == "MatMulInteger";
            bool shaped = matrix ? weights.Shape.Rank == 2 && type.Shape.Rank >= 2 : weights.Shape.Rank >= 3;
            if (shaped && Steps(editor, scaled.Inputs[1 - side], store.Outputs[1], type.Shape, matrix ? type.Shape.Rank - 1 : 1) is { } steps
                && AreCentred(editor, product, steps.Length))
            {
                return new Found(store, product, matrix ? 1 : 0, steps);
            }
        }

        return null;
    }

    /// <summary>The weights' scales, one for each output channel, when a value is their product with the input's scale.</summary>
    private static float[]? Steps(NetworkEditor editor, string value, string scale, Shape result, int axis)
    {
        if (editor.ProducerOf(value, "Mul") is not { } both || !both.Inputs.Contains(scale))
        {
            return null;
        }

        string other = both.Inputs[both.Inputs[0] == scale ? 1 : 0];
        return ChannelVector.Read(editor, other, result, axis) is { } steps && Array.TrueForAll(steps, ByteScale.IsSound) ? steps : null;
    }

    private static bool AreCentred(NetworkEditor editor, Node product, int channels) => product.Input(3).Length == 0
        || (editor.Constant(product.Inputs[3]) is { } zeros && (zeros.Count == 1 || (zeros.Shape.Rank == 1 && zeros.Count == channels)));

    /// <summary>Name of the weights' zero points, one for each output channel; empty for none.</summary>
    private static string Zeros(NetworkEditor editor, Node product, int channels)
    {
        if (product.Input(3).Length == 0)
        {
            return string.Empty;
        }

        Tensor zeros = editor.Constant(product.Inputs[3])!;
        if (zeros.Count == channels && zeros.Shape.Rank == 1)
        {
            return product.Inputs[3];
        }

        Tensor spread = zeros.Element == DataType.Int8
            ? Tensor.Vector([.. Enumerable.Repeat(zeros.Elements<sbyte>()[0], channels)])
            : Tensor.Vector([.. Enumerable.Repeat(zeros.Elements<byte>()[0], channels)]);
        return editor.AddConstant($"{product.Inputs[3]}.channels", spread);
    }

    /// <summary>A product on bytes that are quantised when the network runs.</summary>
    /// <param name="Store">What quantises its input.</param>
    /// <param name="Product">The product of integers.</param>
    /// <param name="Axis">Axis of the output channels of its weights.</param>
    /// <param name="Steps">The weights' scales, one for each of them.</param>
    private sealed record Found(Node Store, Node Product, int Axis, float[] Steps);
}
