using Attune.Kernels;

namespace Attune.Passes.Quantised;

/// <summary>
/// Scale and zero point that a whole tensor of bytes shares: real number = (byte - zero point) scale, rounded once. A scale is positive and normal and all real
/// numbers are finite, so that quantising a byte's real number gives the byte again: the quotient is off by less than 2^-14.
/// </summary>
/// <param name="Scale">Distance of two neighbouring real numbers.</param>
/// <param name="Zero">The byte that stands for 0, from <see cref="Min"/> to <see cref="Max"/>.</param>
/// <param name="Element">Signed or unsigned bytes.</param>
public readonly record struct ByteScale(float Scale, int Zero, DataType Element)
{
    private const int Steps = 255;

    /// <summary>The lowest byte.</summary>
    public int Min => Element == DataType.Int8 ? sbyte.MinValue : byte.MinValue;

    /// <summary>The highest byte.</summary>
    public int Max => Min + Steps;

    /// <summary>The same real numbers as unsigned bytes.</summary>
    public ByteScale Unsigned => Element == DataType.Int8 ? new ByteScale(Scale, Zero - sbyte.MinValue, DataType.UInt8) : this;

    /// <summary>The zero point as the operators of ONNX take it.</summary>
    public Tensor ZeroPoint => Element == DataType.Int8 ? Tensor.Scalar((sbyte)Zero) : Tensor.Scalar((byte)Zero);

    /// <summary>True for a scale with which all arithmetic on bytes stays exact enough.</summary>
    public static bool IsSound(float scale) => scale > 0 && float.IsNormal(scale) && float.IsFinite(scale * Steps);

    /// <summary>True for the two types of bytes.</summary>
    public static bool IsByte(DataType? element) => element is DataType.Int8 or DataType.UInt8;

    /// <summary>Reads parameters; null unless both are constants of one number that fit the bytes.</summary>
    /// <param name="editor">The network.</param>
    /// <param name="scale">Name of the scale.</param>
    /// <param name="zero">Name of the zero point; empty for 0.</param>
    /// <param name="element">Type of the bytes.</param>
    internal static ByteScale? Of(NetworkEditor editor, string scale, string zero, DataType element)
    {
        if (!IsByte(element) || editor.Scalar(scale) is not { } step || !IsSound(step))
        {
            return null;
        }

        if (zero.Length == 0)
        {
            return new ByteScale(step, 0, element);
        }

        return editor.Constant(zero) is { Count: 1 } constant && constant.Element == element
            ? new ByteScale(step, element == DataType.Int8 ? constant.Elements<sbyte>()[0] : constant.Elements<byte>()[0], element)
            : null;
    }

    /// <summary>Parameters of a QuantizeLinear that turns 32-bit floats into bytes; null for any other node.</summary>
    internal static ByteScale? OfStore(NetworkEditor editor, Node? node) =>
        node is { Operator: "QuantizeLinear" } && editor.TypeOf(node.Inputs[0]) is { Element: DataType.Float32 }
            && editor.TypeOf(node.Outputs[0]) is { } type ? Of(editor, node.Inputs[1], node.Input(2), type.Element) : null;

    /// <summary>Parameters of a DequantizeLinear that turns bytes, constants excepted, into 32-bit floats; null for any other node.</summary>
    internal static ByteScale? OfLoad(NetworkEditor editor, Node? node) =>
        node is { Operator: "DequantizeLinear" } && editor.Constant(node.Inputs[0]) is null && editor.TypeOf(node.Inputs[0]) is { } type
            ? Of(editor, node.Inputs[1], node.Input(2), type.Element)
            : null;

    /// <summary>Parameters of the load that gives a value; null when it is the result of anything else.</summary>
    internal static ByteScale? OfLoaded(NetworkEditor editor, string value) => OfLoad(editor, editor.ProducerOf(value, "DequantizeLinear"));

    /// <summary>The byte of a real number: quotient in single precision, ties to even, saturated, as QuantizeLinear has it.</summary>
    public int Quantise(float number) => (int)Math.Clamp(Math.Round((double)(number / Scale), MidpointRounding.ToEven) + Zero, Min, Max);

    /// <summary>The real number of a byte.</summary>
    public float Dequantise(int value) => (value - Zero) * Scale;
}
