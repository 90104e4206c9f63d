namespace Attune.Records.Text;

/// <summary>Reads another stream and refuses to give more than a number of bytes: a small compressed file may unfold into a disk's worth.</summary>
/// <param name="inner">The other stream; closed with this.</param>
/// <param name="limit">Bytes.</param>
internal sealed class BoundedStream(Stream inner, long limit) : Stream
{
    private long given;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException("The length of a bounded stream is not known.");

    public override long Position
    {
        get => given;
        set => throw new NotSupportedException("A bounded stream does not seek.");
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        // What is below the limit is given first, so that a reader can keep it.
        if (given == limit && !buffer.IsEmpty)
        {
            return inner.ReadByte() < 0 ? 0 : throw new TextTooLongException(limit);
        }

        int read = inner.Read(buffer[..(int)Math.Min(buffer.Length, limit - given)]);
        given += read;
        return read;
    }

    public override void Flush()
    {
        // Nothing is ever written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("A bounded stream does not seek.");

    public override void SetLength(long value) => throw new NotSupportedException("A bounded stream is not written.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("A bounded stream is not written.");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
