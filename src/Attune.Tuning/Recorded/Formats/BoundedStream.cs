namespace Attune.Tuning.Recorded.Formats;

/// <summary>Reads another stream and refuses to give more than a number of bytes: a small compressed file may unfold into a disk's worth.</summary>
internal sealed class BoundedStream(Stream inner, string source, long limit) : Stream
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
        int read = inner.Read(buffer);
        given += read;
        return given <= limit
            ? read
            : throw new RecordedDeviceException(
                RecordedFailure.TooLarge, source, null, $"it unfolds to more than {limit >> 20} MiB", "Split the recording into one file per task.");
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
