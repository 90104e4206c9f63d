using Attune.Kernels;
using Attune.Reference;
using Attune.Reference.Inference;

namespace Attune.Passes.Quantised;

/// <summary>
/// Constant weights of bytes that a DequantizeLinear turns into floats: as fused layers keep them, signed bytes with one scale for each output channel, or
/// widened where that cannot be.
/// </summary>
internal sealed class QuantisedWeights(NetworkEditor editor)
{
    private readonly Dictionary<(string Value, int Axis, float Factor), (string Elements, string Scales)?> known = [];

    /// <summary>True for constant bytes turned into floats.</summary>
    public static bool IsLoaded(NetworkEditor editor, string value) =>
        editor.ProducerOf(value, "DequantizeLinear") is { } load && editor.Constant(load.Inputs[0]) is { Element: DataType.Int8 or DataType.UInt8 };

    /// <summary>True for the load of constant bytes that nobody reads but layers as their weights, some of them transposed on the way.</summary>
    public static bool IsOfLayer(NetworkEditor editor, Node node) =>
        node is { Operator: "DequantizeLinear" or ContributedOperators.Dequantise, Outputs.Length: 1 }
            && editor.Constant(node.Inputs[0]) is { Element: DataType.Int8 or DataType.UInt8, Shape.Rank: >= 2 }
            && node.Attributes.Int("block_size", 0) == 0
            && AreWeights(editor, node.Outputs[0]);

    private static bool AreWeights(NetworkEditor editor, string value) =>
        !editor.IsOutput(value) && editor.ReadersOf(value) is { Count: > 0 } readers && readers.All(reader => editor[reader]! switch
        {
            { Operator: "Conv" or "Gemm" or "MatMul" } layer => layer.Inputs[1] == value && layer.Inputs[0] != value && layer.Input(2) != value,
            { Operator: "Transpose" } turn => AreWeights(editor, turn.Outputs[0]),
            _ => false,
        });

    /// <summary>Names of constants with the bytes and the scales of weights; null when signed bytes with a scale per channel cannot say the same.</summary>
    /// <param name="value">The weights as floats.</param>
    /// <param name="axis">Axis of the output channels.</param>
    /// <param name="factor">To multiply all weights by.</param>
    public (string Elements, string Scales)? Of(string value, int axis, float factor = 1)
    {
        if (!known.TryGetValue((value, axis, factor), out (string Elements, string Scales)? result))
        {
            result = Read(value, axis, factor);
            known[(value, axis, factor)] = result;
        }

        return result;
    }

    /// <summary>The weights as constant floats, made where they are not yet; null when they are no constants.</summary>
    public Tensor? Widened(string value)
    {
        if (editor.Constant(value) is { } constant)
        {
            return constant;
        }

        if (!IsLoaded(editor, value))
        {
            return null;
        }

        int producer = editor.ProducerOf(value);
        Node load = editor[producer]!;
        Tensor?[] inputs = [.. load.Inputs.Select(input => input.Length == 0 ? null : editor.Constant(input))];
        bool complete = inputs.Zip(load.Inputs).All(pair => pair.Second.Length == 0 || pair.First is not null);
        if (!complete || ConstantEvaluator.Default.Run(load, inputs) is not [var floats])
        {
            return null;
        }

        editor.Remove(producer);
        editor.MakeConstant(value, floats);
        return floats;
    }

    private (string Elements, string Scales)? Read(string value, int axis, float factor)
    {
        if (!IsLoaded(editor, value))
        {
            return null;
        }

        Node load = editor.ProducerOf(value, "DequantizeLinear")!;
        Tensor bytes = editor.Constant(load.Inputs[0])!;
        long along = load.Attributes.Int("axis", 1);
        bool channels = (along < 0 ? along + bytes.Shape.Rank : along) == axis;
        int count = bytes.Shape[axis];
        if (load.Attributes.Int("block_size", 0) != 0
            || editor.Constant(load.Inputs[1]) is not { Element: DataType.Float32 } scales || !Fits(scales)
            || Zeros(load, bytes.Element) is not { } zeros || !Fits(zeros)
            || Centred(bytes, zeros, axis) is not { } elements)
        {
            return null;
        }

        float[] given = scales.Elements<float>();
        float[] steps = [.. Enumerable.Range(0, count).Select(channel => given[given.Length == 1 ? 0 : channel] * factor)];
        if (!Array.TrueForAll(steps, ByteScale.IsSound))
        {
            return null;
        }

        string elementName = ReferenceEquals(elements, bytes) ? load.Inputs[0] : editor.AddConstant($"{load.Inputs[0]}.centred", elements);
        return (elementName, editor.AddConstant($"{load.Inputs[1]}.channels", Tensor.Vector(steps)));

        bool Fits(Tensor parameter) => parameter.Count == 1 || (channels && parameter.Shape.Rank == 1 && parameter.Count == count);
    }

    private Tensor? Zeros(Node load, DataType element)
    {
        if (load.Input(2).Length == 0)
        {
            return Tensor.Zeros(element, Shape.Scalar);
        }

        return editor.Constant(load.Inputs[2]) is { } zeros && zeros.Element == element ? zeros : null;
    }

    /// <summary>The bytes less their zero points, as signed bytes; null when one is none.</summary>
    private static Tensor? Centred(Tensor bytes, Tensor zeros, int axis)
    {
        int[] from = Integers(zeros);
        if (bytes.Element == DataType.Int8 && Array.TrueForAll(from, zero => zero == 0))
        {
            return bytes;
        }

        int[] given = Integers(bytes);
        int inner = (int)bytes.Shape.Dimensions.Skip(axis + 1).Aggregate(1L, static (product, extent) => product * extent);
        var centred = new sbyte[given.Length];
        for (int i = 0; i < centred.Length; i++)
        {
            int number = given[i] - from[from.Length == 1 ? 0 : i / inner % from.Length];
            if (number is < sbyte.MinValue or > sbyte.MaxValue)
            {
                return null;
            }

            centred[i] = (sbyte)number;
        }

        return Tensor.Of(bytes.Shape, centred);
    }

    private static int[] Integers(Tensor bytes) => bytes.Element == DataType.Int8
        ? Array.ConvertAll(bytes.Elements<sbyte>(), value => (int)value)
        : Array.ConvertAll(bytes.Elements<byte>(), value => (int)value);
}
