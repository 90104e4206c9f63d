namespace Attune.Runtime.Files.Sources;

/// <summary>A tuned model in memory that belongs to the caller and does not change while it is read.</summary>
internal sealed class MemorySource(ReadOnlyMemory<byte> memory) : ModelSource
{
    public override long Length => memory.Length;

    public override int Read(Span<byte> bytes, long position)
    {
        if (position >= memory.Length)
        {
            return 0;
        }

        ReadOnlySpan<byte> rest = memory.Span[(int)position..];
        int count = Math.Min(rest.Length, bytes.Length);
        rest[..count].CopyTo(bytes);
        return count;
    }

    public override void Dispose()
    {
        // The memory is the caller's.
    }
}
