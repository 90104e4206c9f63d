using Attune.Kernels;

namespace Attune.Passes.Quantised;

/// <summary>
/// Writes products of integers (MatMulInteger or ConvInteger, a cast, and a product with both scales) as a product of floats that are loaded from bytes: of
/// what is quantised when the network runs (DynamicQuantizeLinear), and of bytes whose zero point and scales are constants. The integers are the same; the
/// scales come before the sums instead of behind them, which changes nothing but the rounding to single precision.
/// </summary>
internal sealed class DynamicProducts : IGraphPass
{
    public string Name => "dynamic products";

    public Network Run(Network network)
    {
        var editor = new NetworkEditor(network);
        var insertions = new NodeInsertions(editor);
        var loaded = new Dictionary<(string Bytes, ByteScale? Scale), string>();
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

    private static void Rewrite(
        NetworkEditor editor, NodeInsertions insertions, int index, Found found, Dictionary<(string Bytes, ByteScale? Scale), string> loaded)
    {
        (Node? store, ByteScale? scale, Node product, int axis, float[] steps) = found;
        (string, ByteScale?) key = (product.Inputs[0], scale);

        // The first reader stands before all others.
        if (!loaded.TryGetValue(key, out string? real))
        {
            loaded[key] = real = store is null
                ? insertions.Load(index, behind: false, product.Inputs[0], scale!.Value)
                : insertions.LoadWith(index, store.Outputs[0], store.Outputs[1], store.Outputs[2]);
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
                || editor.Constant(product.Inputs[1]) is not { } weights || !ByteScale.IsByte(weights.Element))
            {
                continue;
            }

            bool matrix = product.Operator == "MatMulInteger";
            bool shaped = matrix ? weights.Shape.Rank == 2 && type.Shape.Rank >= 2 : weights.Shape.Rank >= 3;
            int axis = matrix ? type.Shape.Rank - 1 : 1;
            Node? store = editor.ProducerOf(product.Inputs[0], "DynamicQuantizeLinear");
            ByteScale? scale = store is null ? ScaleOf(editor, product) : null;
            float[]? steps = !shaped ? null
                : store is null ? Steps(editor, scaled.Inputs[1 - side], scale, type.Shape, axis)
                : product.Input(2) == store.Outputs[2] ? Steps(editor, scaled.Inputs[1 - side], store.Outputs[1], type.Shape, axis)
                : null;
            if (steps is not null && AreCentred(editor, product, steps.Length))
            {
                return new Found(store, scale, product, matrix ? 1 : 0, steps);
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

    /// <summary>The weights' scales when a constant is their product with the input's scale.</summary>
    private static float[]? Steps(NetworkEditor editor, string value, ByteScale? scale, Shape result, int axis)
    {
        if (scale is not { } bytes || ChannelVector.Read(editor, value, result, axis) is not { } both)
        {
            return null;
        }

        float[] steps = Array.ConvertAll(both, step => step / bytes.Scale);
        return Array.TrueForAll(steps, ByteScale.IsSound) ? steps : null;
    }

    /// <summary>
    /// What the bytes of a product's input stand for: what their store says, or else whole numbers, since any factor may be the weights'; null when they, or
    /// their zero point, are not known to be that.
    /// </summary>
    private static ByteScale? ScaleOf(NetworkEditor editor, Node product)
    {
        string bytes = product.Inputs[0];
        if (editor.Constant(bytes) is not null || editor.TypeOf(bytes) is not { } type || !ByteScale.IsByte(type.Element))
        {
            return null;
        }

        int? zero = product.Input(2).Length == 0 ? 0 : editor.Constant(product.Inputs[2]) is { Count: 1 } point && point.Element == type.Element
            ? point.Data is sbyte[] signed ? signed[0] : point.Elements<byte>()[0]
            : null;
        ByteScale? stored = ByteScale.OfStore(editor, editor.ProducerOf(bytes, "QuantizeLinear"));
        return zero is null ? null : stored?.Zero == zero ? stored : new ByteScale(1, zero.Value, type.Element);
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

    /// <summary>A product on bytes.</summary>
    /// <param name="Store">What quantises its input when the network runs; null where scale and zero point are constants.</param>
    /// <param name="Scale">What the bytes of its input stand for; null where that is known only when the network runs.</param>
    /// <param name="Product">The product of integers.</param>
    /// <param name="Axis">Axis of the output channels of its weights.</param>
    /// <param name="Steps">The weights' scales, one for each of them.</param>
    private sealed record Found(Node? Store, ByteScale? Scale, Node Product, int Axis, float[] Steps);
}
