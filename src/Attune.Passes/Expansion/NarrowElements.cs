using Attune.Kernels;

namespace Attune.Passes.Expansion;

/// <summary>
/// Element types of fewer than 8 bits, and floats of 8 bits: no tensor here holds them, so they are unpacked when they are read. Integers become bytes, floats
/// become 32-bit floats; both hold every value exactly.
/// </summary>
internal static class NarrowElements
{
    private const int UInt4 = 21;
    private const int Int4 = 22;
    private const int UInt2 = 25;
    private const int Int2 = 26;

    // Their numbers in the format, with the bits of exponent and mantissa, the bias, and which patterns are no numbers.
    private static readonly Dictionary<int, Floats> Kinds = new()
    {
        [17] = new(8, 4, 3, 7, Special.AllOnes),
        [18] = new(8, 4, 3, 8, Special.NegativeZero),
        [19] = new(8, 5, 2, 15, Special.Ieee),
        [20] = new(8, 5, 2, 16, Special.NegativeZero),
        [23] = new(4, 2, 1, 1, Special.None),
        [24] = new(8, 8, 0, 127, Special.Scale),
    };

    private enum Special
    {
        None,
        AllOnes,
        NegativeZero,
        Ieee,
        Scale,
    }

    /// <summary>The type of the unpacked elements; undefined for types that are not narrow.</summary>
    /// <param name="number">The format's number of an element type.</param>
    public static DataType Unpacked(int number) => number switch
    {
        UInt4 or UInt2 => DataType.UInt8,
        Int4 or Int2 => DataType.Int8,
        _ => Kinds.ContainsKey(number) ? DataType.Float32 : DataType.Undefined,
    };

    /// <summary>Bits of an element as stored.</summary>
    public static int Bits(int number) => number switch
    {
        UInt4 or Int4 => 4,
        UInt2 or Int2 => 2,
        _ => Kinds[number].Bits,
    };

    /// <summary>Smallest and largest value of a narrow integer; null for every other type.</summary>
    public static (int Min, int Max)? Range(int number) => number switch
    {
        UInt4 => (0, 15),
        Int4 => (-8, 7),
        UInt2 => (0, 3),
        Int2 => (-2, 1),
        _ => null,
    };

    /// <summary>Bytes that so many elements take.</summary>
    public static long Size(int number, long count) => ((count * Bits(number)) + 7) / 8;

    /// <summary>The elements one by one; the first lies in the lowest bits.</summary>
    public static Tensor Unpack(int number, Shape shape, ReadOnlySpan<byte> packed)
    {
        int bits = Bits(number);
        return Unpacked(number) switch
        {
            DataType.UInt8 => Unpack(bits, shape, packed, Table(bits, static (pattern, _) => (byte)pattern)),
            DataType.Int8 => Unpack(bits, shape, packed, Table(bits, static (pattern, values) => (sbyte)(pattern < values / 2 ? pattern : pattern - values))),
            _ => Unpack(bits, shape, packed, Table(bits, (pattern, _) => Kinds[number].Value(pattern))),
        };
    }

    /// <summary>The value of every pattern; the function is told the number of patterns.</summary>
    private static T[] Table<T>(int bits, Func<int, int, T> value) => [.. Enumerable.Range(0, 1 << bits).Select(pattern => value(pattern, 1 << bits))];

    private static Tensor Unpack<T>(int bits, Shape shape, ReadOnlySpan<byte> packed, T[] values)
    {
        var elements = new T[shape.Count];
        int each = 8 / bits;
        for (int i = 0; i < elements.Length; i++)
        {
            elements[i] = values[(packed[i / each] >> (i % each * bits)) & (values.Length - 1)];
        }

        return Tensor.Of(shape, elements);
    }

    private sealed record Floats(int Bits, int Exponent, int Mantissa, int Bias, Special Special)
    {
        public float Value(int pattern)
        {
            if (Special == Special.Scale)
            {
                return pattern == 255 ? float.NaN : MathF.ScaleB(1, pattern - Bias);
            }

            int sign = pattern >> (Bits - 1);
            int exponent = (pattern >> Mantissa) & ((1 << Exponent) - 1);
            int fraction = pattern & ((1 << Mantissa) - 1);
            bool last = exponent == (1 << Exponent) - 1;
            if ((Special == Special.NegativeZero && pattern == 1 << (Bits - 1)) || (Special == Special.AllOnes && last && fraction == (1 << Mantissa) - 1)
                || (Special == Special.Ieee && last && fraction != 0))
            {
                return float.NaN;
            }

            float magnitude = Special == Special.Ieee && last ? float.PositiveInfinity
                : exponent == 0 ? MathF.ScaleB(fraction, 1 - Bias - Mantissa)
                : MathF.ScaleB((1 << Mantissa) + fraction, exponent - Bias - Mantissa);
            return sign == 0 ? magnitude : -magnitude;
        }
    }
}
