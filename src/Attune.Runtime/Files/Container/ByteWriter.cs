using System.Buffers.Binary;
using System.Text;

namespace Attune.Runtime.Files.Container;

/// <summary>Builds a small binary structure, little endian.</summary>
internal sealed class ByteWriter
{
    private readonly List<byte> bytes = [];

    public int Length => bytes.Count;

    public void U16(ushort value) => Add(value, 2);

    public void U32(uint value) => Add(value, 4);

    public void U64(ulong value) => Add(value, 8);

    public void Text(string ascii) => bytes.AddRange(Encoding.ASCII.GetBytes(ascii));

    public void Zeros(int count) => bytes.AddRange(new byte[count]);

    public byte[] ToArray() => [.. bytes];

    private void Add(ulong value, int width)
    {
        Span<byte> buffer = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(buffer, value);
        bytes.AddRange(buffer[..width]);
    }
}
