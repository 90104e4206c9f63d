namespace Attune.Kernels;

/// <summary>
/// A dense row-major tensor on the managed heap: constants of a network, and inputs and outputs of the reference kernels.
/// The element array is shared, not copied; by convention nobody writes to a tensor after handing it on.
/// </summary>
public sealed class Tensor
{
    private readonly Array? elements;

    private Tensor(DataType element, Shape shape, Array data)
    {
        if (data.LongLength != shape.Count)
        {
            throw new ArgumentException($"A tensor of shape {shape} needs {shape.Count} elements but the array has {data.LongLength}.", nameof(data));
        }

        Element = element;
        Shape = shape;
        elements = data;
    }

    private Tensor(DataType element, Shape shape, StoredElements stored)
    {
        if (stored.Count != shape.Count)
        {
            throw new ArgumentException($"A tensor of shape {shape} needs {shape.Count} elements but the storage has {stored.Count}.", nameof(stored));
        }

        Element = element;
        Shape = shape;
        Stored = stored;
    }

    /// <summary>Element type.</summary>
    public DataType Element { get; }

    /// <summary>Static shape.</summary>
    public Shape Shape { get; }

    /// <summary>Element type and shape.</summary>
    public TensorType Type => new(Element, Shape);

    /// <summary>Number of elements.</summary>
    public int Count => elements?.Length ?? Stored!.Count;

    /// <summary>
    /// The elements: an array of the CLR type that <see cref="ClrType"/> names for <see cref="Element"/>. Reads them first where they are <see cref="Stored"/>.
    /// </summary>
    public Array Data => elements ?? Stored!.Data;

    /// <summary>Where the elements are read from piece by piece; null when they are an array from the start.</summary>
    public StoredElements? Stored { get; }

    /// <summary>Wraps an array; its CLR type decides the element type.</summary>
    /// <exception cref="ArgumentException">The length does not match the shape, or the type is none of <see cref="DataType"/>.</exception>
    public static Tensor Of<T>(Shape shape, T[] data) => new(ElementOf(typeof(T)), shape, data);

    /// <summary>A tensor whose elements are read when they are needed.</summary>
    /// <exception cref="ArgumentException">The number of elements does not match the shape.</exception>
    public static Tensor Of(DataType element, Shape shape, StoredElements stored) => new(element, shape, stored);

    /// <summary>Makes a tensor from an array whose CLR type is known only at run time.</summary>
    /// <exception cref="ArgumentException">The array's type or length does not fit.</exception>
    public static Tensor Wrap(Shape shape, Array data) => new(ElementOf(data.GetType().GetElementType()!), shape, data);

    /// <summary>A tensor of zeros (empty strings for <see cref="DataType.String"/>).</summary>
    public static Tensor Zeros(DataType element, Shape shape)
    {
        Array data = NewElements(element, shape.Count);
        if (data is string[] texts)
        {
            Array.Fill(texts, string.Empty);
        }

        return new Tensor(element, shape, data);
    }

    /// <summary>A scalar.</summary>
    public static Tensor Scalar<T>(T value) => Of(Shape.Scalar, new[] { value });

    /// <summary>A vector of the given values.</summary>
    public static Tensor Vector<T>(params T[] values) => Of(Shape.Of(values.LongLength), values);

    /// <summary>The elements as a typed array.</summary>
    /// <exception cref="InvalidOperationException">The element type is another one.</exception>
    public T[] Elements<T>() => Data as T[] ?? throw new InvalidOperationException($"The tensor holds {Element}, not {typeof(T).Name}.");

    /// <summary>The elements as a typed span.</summary>
    /// <exception cref="InvalidOperationException">The element type is another one.</exception>
    public ReadOnlySpan<T> Span<T>() => Elements<T>();

    /// <summary>The same elements under another shape of equal count.</summary>
    public Tensor Reshape(Shape shape) => elements is null ? new(Element, shape, Stored!) : new(Element, shape, elements);

    /// <summary>An array of a data type's elements. Spelt out, since arrays of types that are known only at run time need a just-in-time compiler.</summary>
    internal static Array NewElements(DataType element, long count) => element switch
    {
        DataType.Float32 => new float[count],
        DataType.Float64 => new double[count],
        DataType.Float16 => new Half[count],
        DataType.BFloat16 => new BFloat16[count],
        DataType.Int8 => new sbyte[count],
        DataType.Int16 => new short[count],
        DataType.Int32 => new int[count],
        DataType.Int64 => new long[count],
        DataType.UInt8 => new byte[count],
        DataType.UInt16 => new ushort[count],
        DataType.UInt32 => new uint[count],
        DataType.UInt64 => new ulong[count],
        DataType.Bool => new bool[count],
        DataType.String => new string[count],
        _ => throw new ArgumentOutOfRangeException(nameof(element), element, "No CLR type."),
    };

    /// <summary>CLR type of the elements of a data type.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The type is undefined.</exception>
    public static Type ClrType(DataType element) => element switch
    {
        DataType.Float32 => typeof(float),
        DataType.Float64 => typeof(double),
        DataType.Float16 => typeof(Half),
        DataType.BFloat16 => typeof(BFloat16),
        DataType.Int8 => typeof(sbyte),
        DataType.Int16 => typeof(short),
        DataType.Int32 => typeof(int),
        DataType.Int64 => typeof(long),
        DataType.UInt8 => typeof(byte),
        DataType.UInt16 => typeof(ushort),
        DataType.UInt32 => typeof(uint),
        DataType.UInt64 => typeof(ulong),
        DataType.Bool => typeof(bool),
        DataType.String => typeof(string),
        _ => throw new ArgumentOutOfRangeException(nameof(element), element, "No CLR type."),
    };

    /// <summary>Data type of a CLR element type.</summary>
    /// <exception cref="ArgumentException">No tensor has such elements.</exception>
    public static DataType ElementOf(Type clr)
    {
        foreach (DataType element in Enum.GetValues<DataType>())
        {
            if (element != DataType.Undefined && ClrType(element) == clr)
            {
                return element;
            }
        }

        throw new ArgumentException($"No tensor has elements of type {clr.Name}.", nameof(clr));
    }
}
