using Attune.Kernels.Loops;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Quantized;

/// <summary>
/// How kernels that compute with floats read and write activations that may be bytes or brain floats: numbers are restored as they are loaded and rounded as they
/// are stored (ONNX, DequantizeLinear and QuantizeLinear, or Cast).
/// </summary>
internal static class NarrowAccess
{
    /// <summary>The buffer with its elements.</summary>
    /// <param name="buffer">Buffer.</param>
    /// <param name="scale">Scale of its bytes; null for other elements.</param>
    /// <param name="element">Elements that are no bytes: floats or brain floats.</param>
    public static Buffer Of(Buffer buffer, QuantizationScale? scale, DataType element) =>
        buffer with { Element = scale is null ? element : DataType.UInt8 };

    /// <summary>Loads numbers.</summary>
    /// <param name="buffer">Buffer with its elements.</param>
    /// <param name="offset">Where.</param>
    /// <param name="scale">Scale of its bytes; null for other elements.</param>
    public static Value Load(Buffer buffer, Index offset, QuantizationScale? scale) =>
        scale is { } bytes
            ? new Binary(BinaryOperation.Multiply, Above(new Load(buffer, offset), bytes.Zero), new Constant(bytes.Scale))
            : new Load(buffer, offset);

    /// <summary>Stores numbers.</summary>
    /// <param name="buffer">Buffer with its elements.</param>
    /// <param name="offset">Where.</param>
    /// <param name="value">The numbers; with a scale, those over the scale times <paramref name="unit"/>.</param>
    /// <param name="scale">Scale of the bytes; null for other elements.</param>
    /// <param name="unit">What one of the value stands for; 1 for numbers as they are.</param>
    public static Store Store(Buffer buffer, Index offset, Value value, QuantizationScale? scale, double unit = 1)
    {
        float factor = (float)(unit / (scale?.Scale ?? 1));
        Value scaled = factor == 1 ? value : new Binary(BinaryOperation.Multiply, value, new Constant(factor));
        if (scale is not { } bytes)
        {
            return new Store(buffer, offset, scaled);
        }

        return Rounded(buffer, offset, scaled, bytes.Zero == 0 ? null : new IntegerConstant(bytes.Zero));
    }

    /// <summary>Stores numbers over their scale as bytes.</summary>
    /// <param name="buffer">Bytes.</param>
    /// <param name="offset">Where.</param>
    /// <param name="scaled">Numbers over the scale.</param>
    /// <param name="zero">What stands for 0; null for 0.</param>
    public static Store Rounded(Buffer buffer, Index offset, Value scaled, Value? zero)
    {
        // Numbers stay where conversions to integers do not wrap around. NaN becomes the smallest integer, and so the smallest byte.
        var bounded = new Binary(BinaryOperation.Minimum, new Constant(RequantizationTable.MaxRounded), scaled);
        Value rounded = new Conversion(new Unary(UnaryOperation.RoundToEven, bounded));
        return new Store(buffer, offset, zero is null ? rounded : new Binary(BinaryOperation.Add, rounded, zero));
    }

    private static Value Above(Value bytes, byte zero) => zero == 0 ? bytes : new Binary(BinaryOperation.Subtract, bytes, new Constant(zero));
}
