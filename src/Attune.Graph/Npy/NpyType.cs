using System.Runtime.InteropServices;
using Attune.Kernels;

namespace Attune.Graph.Npy;

/// <summary>NumPy's type descriptors and ours.</summary>
internal static class NpyType
{
    private static readonly (string Code, DataType Element, int Size)[] Known =
    [
        ("f4", DataType.Float32, 4),
        ("f8", DataType.Float64, 8),
        ("f2", DataType.Float16, 2),
        ("i1", DataType.Int8, 1),
        ("i2", DataType.Int16, 2),
        ("i4", DataType.Int32, 4),
        ("i8", DataType.Int64, 8),
        ("u1", DataType.UInt8, 1),
        ("u2", DataType.UInt16, 2),
        ("u4", DataType.UInt32, 4),
        ("u8", DataType.UInt64, 8),
        ("b1", DataType.Bool, 1),
    ];

    /// <summary>Bytes per element of a type that NumPy has.</summary>
    public static int SizeOf(DataType element) => Known.First(known => known.Element == element).Size;

    /// <summary>Descriptor that we write for an element type, or null when NumPy has none.</summary>
    public static string? CodeOf(DataType element)
    {
        foreach ((string code, DataType candidate, int size) in Known)
        {
            if (candidate == element)
            {
                return (size == 1 ? "|" : "<") + code;
            }
        }

        return null;
    }

    /// <summary>Element type, bytes per element, and whether the bytes of an element must be reversed on this machine.</summary>
    /// <exception cref="FormatException">The descriptor is not one of a plain number.</exception>
    public static (DataType Element, int Size, bool Swap) Parse(string descriptor)
    {
        char order = descriptor.Length > 0 ? descriptor[0] : ' ';
        string code = order is '<' or '>' or '|' or '=' ? descriptor[1..] : descriptor;
        foreach ((string known, DataType element, int size) in Known)
        {
            if (known == code)
            {
                bool foreign = order == (BitConverter.IsLittleEndian ? '>' : '<');
                return (element, size, foreign && size > 1);
            }
        }

        throw new FormatException($"Elements of NumPy type '{descriptor}' are not supported; plain numbers and booleans are.");
    }

    /// <summary>The bytes of an array whose elements have the given size.</summary>
    /// <exception cref="OverflowException">More than 2 GiB.</exception>
    public static Span<byte> Bytes(Array data, int size) =>
        MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(data), checked(data.Length * size));
}
