using System.Globalization;
using Attune.Kernels;

namespace Attune.Reference;

/// <summary>Conversions between tensors of any element type and the plain number arrays that most kernels compute on.</summary>
internal static class Numbers
{
    private const long LargestExact = 1L << 53;

    /// <summary>True for the floating-point types.</summary>
    public static bool IsFloat(DataType type) => type is DataType.Float32 or DataType.Float64 or DataType.Float16 or DataType.BFloat16;

    /// <summary>True for signed and unsigned integers.</summary>
    public static bool IsInteger(DataType type) =>
        type is DataType.Int8 or DataType.Int16 or DataType.Int32 or DataType.Int64 or DataType.UInt8 or DataType.UInt16 or DataType.UInt32 or DataType.UInt64;

    /// <summary>The elements as doubles; may be the tensor's own array, so read only.</summary>
    /// <exception cref="ArgumentException">Text, or a 64-bit integer that a double cannot hold exactly.</exception>
    public static double[] ToDoubles(Tensor tensor) => tensor.Data switch
    {
        double[] a => a,
        float[] a => Map(a, static v => (double)v),
        Half[] a => Map(a, static v => (double)v),
        BFloat16[] a => Map(a, static v => (double)v.ToSingle()),
        // The CLR lets sbyte[] match byte[] and so on, hence the element type decides among the integers.
        _ => tensor.Element switch
        {
            DataType.Int8 => Map(tensor.Elements<sbyte>(), static v => (double)v),
            DataType.Int16 => Map(tensor.Elements<short>(), static v => (double)v),
            DataType.Int32 => Map(tensor.Elements<int>(), static v => (double)v),
            DataType.Int64 => Map(tensor.Elements<long>(), Exact),
            DataType.UInt8 => Map(tensor.Elements<byte>(), static v => (double)v),
            DataType.UInt16 => Map(tensor.Elements<ushort>(), static v => (double)v),
            DataType.UInt32 => Map(tensor.Elements<uint>(), static v => (double)v),
            DataType.UInt64 => Map(tensor.Elements<ulong>(), static v => v <= LargestExact ? (double)v : throw Inexact()),
            DataType.Bool => Map(tensor.Elements<bool>(), static v => v ? 1.0 : 0.0),
            _ => throw new ArgumentException($"A tensor of {tensor.Element} has no numbers.", nameof(tensor)),
        },
    };

    /// <summary>The elements as 64-bit integers; floats are truncated, unsigned 64-bit ones wrap.</summary>
    /// <exception cref="ArgumentException">Text.</exception>
    public static long[] ToLongs(Tensor tensor) => tensor.Element switch
    {
        DataType.Int64 => tensor.Elements<long>(),
        DataType.UInt64 => Map(tensor.Elements<ulong>(), static v => unchecked((long)v)),
        DataType.Int32 => Map(tensor.Elements<int>(), static v => (long)v),
        _ => Map(ToDoubles(tensor), static v => (long)v),
    };

    /// <summary>The only element as a 64-bit integer.</summary>
    public static long ToLong(Tensor tensor) =>
        tensor.Count == 1 ? ToLongs(tensor)[0] : throw new ArgumentException($"One element is needed, but the shape is {tensor.Shape}.", nameof(tensor));

    /// <summary>The only element as a double.</summary>
    public static double ToDouble(Tensor tensor) =>
        tensor.Count == 1 ? ToDoubles(tensor)[0] : throw new ArgumentException($"One element is needed, but the shape is {tensor.Shape}.", nameof(tensor));

    /// <summary>A tensor of the given type from doubles: rounded for floats, truncated and saturated for integers.</summary>
    public static Tensor FromDoubles(double[] values, DataType element, Shape shape) => element switch
    {
        DataType.Float32 => Tensor.Of(shape, Map(values, static v => (float)v)),
        DataType.Float64 => Tensor.Of(shape, values),
        DataType.Float16 => Tensor.Of(shape, Map(values, static v => (Half)v)),
        DataType.BFloat16 => Tensor.Of(shape, Map(values, static v => BFloat16.FromSingle((float)v))),
        DataType.Int8 => Tensor.Of(shape, Map(values, sbyte.CreateSaturating)),
        DataType.Int16 => Tensor.Of(shape, Map(values, short.CreateSaturating)),
        DataType.Int32 => Tensor.Of(shape, Map(values, int.CreateSaturating)),
        DataType.Int64 => Tensor.Of(shape, Map(values, long.CreateSaturating)),
        DataType.UInt8 => Tensor.Of(shape, Map(values, byte.CreateSaturating)),
        DataType.UInt16 => Tensor.Of(shape, Map(values, ushort.CreateSaturating)),
        DataType.UInt32 => Tensor.Of(shape, Map(values, uint.CreateSaturating)),
        DataType.UInt64 => Tensor.Of(shape, Map(values, ulong.CreateSaturating)),
        DataType.Bool => Tensor.Of(shape, Map(values, static v => v != 0)),
        _ => throw new ArgumentException($"Numbers cannot become {element}.", nameof(element)),
    };

    /// <summary>A tensor of the given integer type from 64-bit integers, which wrap.</summary>
    public static Tensor FromLongs(long[] values, DataType element, Shape shape) => element switch
    {
        DataType.Int8 => Tensor.Of(shape, Map(values, static v => unchecked((sbyte)v))),
        DataType.Int16 => Tensor.Of(shape, Map(values, static v => unchecked((short)v))),
        DataType.Int32 => Tensor.Of(shape, Map(values, static v => unchecked((int)v))),
        DataType.Int64 => Tensor.Of(shape, values),
        DataType.UInt8 => Tensor.Of(shape, Map(values, static v => unchecked((byte)v))),
        DataType.UInt16 => Tensor.Of(shape, Map(values, static v => unchecked((ushort)v))),
        DataType.UInt32 => Tensor.Of(shape, Map(values, static v => unchecked((uint)v))),
        DataType.UInt64 => Tensor.Of(shape, Map(values, static v => unchecked((ulong)v))),
        DataType.Bool => Tensor.Of(shape, Map(values, static v => v != 0)),
        DataType.Float32 => Tensor.Of(shape, Map(values, static v => (float)v)),
        DataType.Float64 => Tensor.Of(shape, Map(values, static v => (double)v)),
        _ => FromDoubles(Map(values, static v => (double)v), element, shape),
    };

    /// <summary>ONNX's Cast: floats to integers truncate, integers wrap, text is parsed or printed in the shortest form that reads back the same.</summary>
    public static Tensor Convert(Tensor tensor, DataType element)
    {
        if (tensor.Element == element)
        {
            return tensor;
        }

        if (element == DataType.String)
        {
            return Tensor.Of(tensor.Shape, Print(tensor));
        }

        if (tensor.Element == DataType.String)
        {
            string[] texts = tensor.Elements<string>();
            return IsInteger(element)
                ? FromLongs(Map(texts, static t => long.Parse(t, NumberStyles.Integer, CultureInfo.InvariantCulture)), element, tensor.Shape)
                : FromDoubles(Map(texts, Parse), element, tensor.Shape);
        }

        if (tensor.Element == DataType.UInt64 && IsFloat(element))
        {
            return FromDoubles(Map(tensor.Elements<ulong>(), static v => (double)v), element, tensor.Shape);
        }

        bool throughIntegers = !IsFloat(tensor.Element);
        return throughIntegers ? FromLongs(ToLongs(tensor), element, tensor.Shape) : FromDoubles(ToDoubles(tensor), element, tensor.Shape);
    }

    /// <summary>Applies a function to every element.</summary>
    public static TResult[] Map<T, TResult>(T[] source, Func<T, TResult> function)
    {
        var result = new TResult[source.Length];
        for (int i = 0; i < source.Length; i++)
        {
            result[i] = function(source[i]);
        }

        return result;
    }

    private static double Exact(long value) => value is <= LargestExact and >= -LargestExact ? value : throw Inexact();

    private static ArgumentException Inexact() => new("A 64-bit integer beyond 2^53 cannot be computed exactly in double precision.");

    private static double Parse(string text) => text.Trim().ToUpperInvariant() switch
    {
        "INF" or "+INF" or "INFINITY" or "+INFINITY" => double.PositiveInfinity,
        "-INF" or "-INFINITY" => double.NegativeInfinity,
        "NAN" => double.NaN,
        string number => double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    private static string[] Print(Tensor tensor) => tensor.Element switch
    {
        DataType.Float32 => Map(tensor.Elements<float>(), static v => v.ToString("R", CultureInfo.InvariantCulture)),
        DataType.Float64 => Map(tensor.Elements<double>(), static v => v.ToString("R", CultureInfo.InvariantCulture)),
        DataType.UInt64 => Map(tensor.Elements<ulong>(), static v => v.ToString(CultureInfo.InvariantCulture)),
        DataType.Bool => Map(tensor.Elements<bool>(), static v => v ? "1" : "0"),
        DataType.Float16 or DataType.BFloat16 => Map(ToDoubles(tensor), static v => ((float)v).ToString("R", CultureInfo.InvariantCulture)),
        _ => Map(ToLongs(tensor), static v => v.ToString(CultureInfo.InvariantCulture)),
    };
}
