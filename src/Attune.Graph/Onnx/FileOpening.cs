namespace Attune.Graph.Onnx;

/// <summary>Passes a stream through and remembers how it begins, which tells what a file is that is no model.</summary>
internal sealed class FileOpening(Stream inner) : Stream
{
    private const string PointerLine = "version https://git-lfs.github.com/spec/";

    private readonly byte[] begin = new byte[64];
    private int known;

    /// <summary>The first byte, or -1 before anything was read.</summary>
    public int FirstByte => known > 0 ? begin[0] : -1;

    /// <summary>What the file is and what to do about it, when it is one of the things that are often taken for a model.</summary>
    public (string What, string Next)? Stranger => StrangerIn(begin.AsSpan(0, known));

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>As <see cref="Stranger"/>, for the first bytes of any file.</summary>
    public static (string What, string Next)? StrangerIn(ReadOnlySpan<byte> begin)
    {
        string text = System.Text.Encoding.Latin1.GetString(begin);
        return text.StartsWith(PointerLine, StringComparison.Ordinal)
            ? ("The file is a pointer of Git LFS, which stands for a file that was not fetched.", "Fetch it with: git lfs pull. Then give the ONNX model again.")
            : text.TrimStart().StartsWith('<')
                ? ("The file is a web page or XML, not a model; a download may have given the page about the model.", "Download the ONNX model itself.")
                : null;
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
