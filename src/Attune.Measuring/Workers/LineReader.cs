namespace Attune.Measuring.Workers;

/// <summary>Splits a stream into lines without ever holding more than one line of bounded length: the other side may be broken. One thread.</summary>
internal sealed class LineReader(Stream stream, int longest)
{
    private byte[] buffer = new byte[4096];
    private int start;
    private int end;

    /// <summary>The next line without its line feed, cut at the longest length (the rest is dropped); null at the end of the stream.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> NextAsync(CancellationToken cancellation = default)
    {
        int searched = start;
        bool overlong = false;
        while (true)
        {
            int feed = Array.IndexOf(buffer, (byte)'\n', searched, end - searched);
            if (feed >= 0)
            {
                ReadOnlyMemory<byte> line = buffer.AsMemory(start, feed - start);
                start = feed + 1;
                return overlong ? ReadOnlyMemory<byte>.Empty : line;
            }

            searched = MakeRoom(ref overlong);
            int read = await stream.ReadAsync(buffer.AsMemory(end), cancellation);
            if (read == 0)
            {
                ReadOnlyMemory<byte> rest = buffer.AsMemory(start, end - start);
                (start, end) = (0, 0);
                // Spelt out: a bare null would become an empty memory through the conversion from arrays, and the end would never be seen.
                return rest.IsEmpty || overlong ? default(ReadOnlyMemory<byte>?) : rest;
            }

            end += read;
        }
    }

    private int MakeRoom(ref bool overlong)
    {
        if (end - start >= longest)
        {
            overlong = true;
            (start, end) = (0, 0);
        }
        else if (end == buffer.Length && start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }
        else if (end == buffer.Length)
        {
            Array.Resize(ref buffer, buffer.Length * 2);
        }

        return end;
    }
}
