namespace Attune.Kernels.Loops.X64;

/// <summary>Constants that lie behind the code, each of them once.</summary>
internal sealed class ConstantPool
{
    /// <summary>Alignment of the constants, bytes.</summary>
    public const int Alignment = 64;

    private readonly Dictionary<(int Bits, int Copies), int> places = [];
    private readonly List<byte> bytes = [];

    /// <summary>The constants, bytes.</summary>
    public IReadOnlyList<byte> Bytes => bytes;

    /// <summary>Adds bytes that are no number, aligned as the constants are.</summary>
    /// <param name="block">The bytes.</param>
    public int Place(ReadOnlySpan<byte> block)
    {
        while (bytes.Count % Alignment != 0)
        {
            bytes.Add(0);
        }

        bytes.AddRange(block);
        return bytes.Count - block.Length;
    }

    /// <summary>The place of a number that is there several times in a row.</summary>
    /// <param name="bits">The number.</param>
    /// <param name="copies">How often: a power of two.</param>
    public int Place(int bits, int copies)
    {
        if (!places.TryGetValue((bits, copies), out int place))
        {
            while (bytes.Count % (copies * sizeof(int)) != 0)
            {
                bytes.Add(0);
            }

            place = places[(bits, copies)] = bytes.Count;
            for (int i = 0; i < copies; i++)
            {
                bytes.AddRange(BitConverter.GetBytes(bits));
            }
        }

        return place;
    }
}
