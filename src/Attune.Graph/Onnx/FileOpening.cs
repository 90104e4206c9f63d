namespace Attune.Graph.Onnx;

/// <summary>Passes a stream through and remembers how it begins, which tells what a file is that is no model.</summary>
internal sealed class FileOpening(Stream inner) : Stream
{
    private readonly byte[] begin = new byte[64];
    private int known;

    /// <summary>The first byte, or -1 before anything was read.</summary>
    public int FirstByte => known > 0 ? begin[0] : -1;

    /// <summary>The first bytes, as far as they were read.</summary>
    public ReadOnlySpan<byte> Start => begin.AsSpan(0, known);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        int read = inner.Read(buffer, offset, count);
        int more = Math.Min(read, begin.Length - known);
        if (more > 0)
        {
            buffer.AsSpan(offset, more).CopyTo(begin.AsSpan(known));
            known += more;
        }

        return read;
    }

    public override void Flush() => inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
