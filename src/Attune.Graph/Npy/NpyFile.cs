using System.Buffers.Binary;
using System.Text;
using Attune.Devices;
using Attune.Devices.Files;
using Attune.Graph.Faults;
using Attune.Kernels;

namespace Attune.Graph.Npy;

/// <summary>
/// NumPy's array files, format versions 1 to 3, C order, numeric and boolean elements of either byte order. A file is believed only as far as its length
/// proves it: nothing is allocated before the header's promise is checked against the bytes that are there.
/// </summary>
public static class NpyFile
{
    /// <summary>Code of files that are malformed or of a kind not supported.</summary>
    public const string MalformedCode = "AT2101";

    private const int MaximumHeader = 1 << 16;
    private static readonly byte[] Magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads an array; what is wrong with the file otherwise.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Result<Tensor, ModelFault> Read(string path)
    {
        try
        {
            if (SpecialFiles.HasNoLength(path))
            {
                throw new FormatException("The file is empty, or a pipe or device instead of a file.");
            }

            using FileStream stream = File.OpenRead(path);
            return Read(stream);
        }
        catch (FormatException malformed)
        {
            return new ModelFault(
                MalformedCode, malformed.Message, path, "Write the file again, for example with numpy.save(path, array) after numpy.ascontiguousarray.");
        }
    }

    /// <summary>Writes an array: format version 1, C order, little endian.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensor">The array, below 2 GiB.</param>
    /// <returns>Why it cannot be written as one: NumPy has no such element type; null when it was written.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static ModelFault? Write(string path, Tensor tensor)
    {
        if (NpyType.CodeOf(tensor.Element) is not { } code)
        {
            return new ModelFault(MalformedCode, $"NumPy has no elements of type {tensor.Element}.", path, "Write a .pb file instead.");
        }

        string extents = string.Concat(tensor.Shape.Dimensions.Select(extent => $"{extent}, "));
        string header = $"{{'descr': '{code}', 'fortran_order': False, 'shape': ({extents.TrimEnd(' ')}), }}";
        if (tensor.Shape.Rank != 1)
        {
            header = header.Replace(",), }", "), }");
        }

        // The data start at a multiple of 64, as NumPy maps files into memory.
        const int prefix = 10;
        int padded = (prefix + header.Length + 1 + 63) / 64 * 64;
        byte[] head = new byte[padded];
        Magic.CopyTo(head, 0);
        head[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(8), checked((ushort)(padded - prefix)));
        head.AsSpan(prefix).Fill((byte)' ');
        Encoding.ASCII.GetBytes(header, head.AsSpan(prefix));
        head[^1] = (byte)'\n';

        AtomicFile.Write(path, stream =>
        {
            stream.Write(head);
            stream.Write(NpyType.Bytes(tensor.Data, NpyType.SizeOf(tensor.Element)));
        });
        return null;
    }

    private static Tensor Read(Stream stream)
    {
        Span<byte> prefix = stackalloc byte[12];
        if (stream.ReadAtLeast(prefix[..10], 10, throwOnEndOfStream: false) < 10 || !prefix[..6].SequenceEqual(Magic))
        {
            throw new FormatException("The file does not start like a .npy file.");
        }

        int version = prefix[6];
        int length;
        switch (version)
        {
            case 1:
                length = BinaryPrimitives.ReadUInt16LittleEndian(prefix[8..]);
                break;
            case 2 or 3:
                stream.ReadExactlyOrFail(prefix[10..]);
                length = BinaryPrimitives.ReadInt32LittleEndian(prefix[8..]);
                break;
            default:
                throw new FormatException($"Version {version} of the .npy format is not supported (1 to 3 are).");
        }

        if (length is < 0 or > MaximumHeader)
        {
            throw new FormatException($"A header of {(uint)length} bytes is no header of an array.");
        }

        byte[] text = new byte[length];
        stream.ReadExactlyOrFail(text);
        NpyHeader header = NpyHeader.Parse(Encoding.UTF8.GetString(text));
        (DataType element, int size, bool swap) = NpyType.Parse(header.Descriptor);
        long count = header.Count();
        long available = stream.Length - stream.Position;
        if (count > int.MaxValue / size || available != count * size)
        {
            throw new FormatException($"The header promises {count} elements of {size} bytes but {available} bytes follow.");
        }

        Array data = Array.CreateInstance(Tensor.ClrType(element), count);
        Span<byte> bytes = NpyType.Bytes(data, size);
        stream.ReadExactlyOrFail(bytes);
        if (swap)
        {
            for (int start = 0; start < bytes.Length; start += size)
            {
                bytes.Slice(start, size).Reverse();
            }
        }

        return Tensor.Wrap(new Shape(header.Shape), data);
    }

    private static void ReadExactlyOrFail(this Stream stream, Span<byte> target)
    {
        if (stream.ReadAtLeast(target, target.Length, throwOnEndOfStream: false) < target.Length)
        {
            throw new FormatException("The file ends too early.");
        }
    }
}
