using Attune.Kernels;

namespace Attune.Passes.Quantised;

/// <summary>Reads the operands of an operator on quantised values; null for those that a load and a store do not cover.</summary>
internal sealed class QuantisedOperands(NetworkEditor editor, Node node)
{
    /// <summary>A value with one scale and zero point, which follow it.</summary>
    public Operand? Bytes(int value) =>
        editor.TypeOf(node.Input(value)) is { } type && ByteScale.Of(editor, node.Input(value + 1), node.Input(value + 2), type.Element) is { } bytes
            ? new Operand(value, value + 1, value + 2, bytes, 0)
            : null;

    /// <summary>Constant weights with parameters for the whole or for each index of an axis.</summary>
    public Operand? Weights(int value, int axis)
    {
        if (editor.Constant(node.Input(value)) is not { } weights || !ByteScale.IsByte(weights.Element) || weights.Shape.Rank <= axis
            || editor.Constant(node.Input(value + 1)) is not { Element: DataType.Float32 } scales || !Fits(scales)
            || !Array.TrueForAll(scales.Elements<float>(), float.IsFinite))
        {
            return null;
        }

        bool centred = node.Input(value + 2).Length == 0
            || (editor.Constant(node.Input(value + 2)) is { } zeros && zeros.Element == weights.Element && Fits(zeros));
        return centred ? new Operand(value, value + 1, value + 2, null, axis) : null;

        bool Fits(Tensor parameter) => parameter.Count == 1 || (parameter.Shape.Rank == 1 && parameter.Count == weights.Shape.Dimensions[axis]);
    }

    /// <summary>A matrix of constant weights, or any other value.</summary>
    public Operand? Matrix(int value, int axis) =>
        editor.Constant(node.Input(value)) is { Shape.Rank: 2 } ? Weights(value, axis) : Bytes(value);

    /// <summary>Parameters of the result, at a position and the next; its bytes are of the zero point's type, or of the result's when there is none.</summary>
    public ByteScale? Result(int scale) => ByteScale.Of(editor, node.Input(scale), node.Input(scale + 1), editor.TypeOf(node.Outputs[0])!.Element);

    /// <summary>
    /// Constant 32-bit integers in units of two scales, the second of which may be one for each index of their last axis, as floats; null when they are
    /// something else.
    /// </summary>
    public Tensor? Bias(int value, int scale, int weightScale, float factor)
    {
        if (editor.Constant(node.Input(value)) is not { Element: DataType.Int32 } given || editor.Scalar(node.Input(scale)) is not { } unit
            || editor.Constant(node.Input(weightScale)) is not { Element: DataType.Float32 } weights)
        {
            return null;
        }

        float[] steps = weights.Elements<float>();
        int channels = given.Shape.Rank == 0 ? 1 : given.Shape[given.Shape.Rank - 1];
        if (steps.Length != 1 && steps.Length != channels)
        {
            return null;
        }

        int[] numbers = given.Elements<int>();
        var bias = new float[numbers.Length];
        for (int i = 0; i < bias.Length; i++)
        {
            bias[i] = (float)((double)factor * unit * steps[steps.Length == 1 ? 0 : i % channels] * numbers[i]);
        }

        return Tensor.Of(given.Shape, bias);
    }
}
