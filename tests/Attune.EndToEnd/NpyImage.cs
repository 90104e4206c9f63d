using System.Buffers.Binary;
using System.Text;

namespace Attune.EndToEnd;

/// <summary>Arrays of floats in NumPy's format, written and read here without the product.</summary>
internal static class NpyImage
{
    /// <summary>A file's bytes.</summary>
    /// <param name="shape">As Python writes it, for example "(1, 3)".</param>
    /// <param name="values">The elements, row by row.</param>
    public static byte[] Of(string shape, IEnumerable<float> values)
    {
        string header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".PadRight(117) + "\n";
        byte[] data = [.. values.SelectMany(BitConverter.GetBytes)];
        return [0x93, .. Encoding.ASCII.GetBytes("NUMPY"), 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. data];
    }

    /// <summary>The last elements of a file.</summary>
    public static float[] Last(byte[] file, int count) =>
        [.. Enumerable.Range(0, count).Select(i => BinaryPrimitives.ReadSingleLittleEndian(file.AsSpan(file.Length - (4 * (count - i)))))];
}
