using Attune.Runtime.Files.Sources;

namespace Attune.Runtime.Files.Container;

/// <summary>Walks a container from its first byte to its last and accepts only the canonical form.</summary>
internal sealed class ContainerReader(ModelSource source)
{
    private readonly long length = source.Length;
    private readonly List<(ContainerEntry Entry, long Header)> entries = [];
    private long position;

    /// <summary>Reads the next header; contents are checked by the caller.</summary>
    /// <returns>The entry and the position of its content.</returns>
    /// <exception cref="FileDefectException">It is not the expected entry, or the file ends before its content does.</exception>
    public (ContainerEntry Entry, long Content) Next(string expected, long longest)
    {
        var buffer = new byte[ContainerFormat.LongestHeader];
        ReadOnlySpan<byte> start = buffer.AsSpan(0, source.Read(buffer, position));
        if (position == 0 && !ContainerFormat.Begins(start))
        {
            throw new FileDefectException(TunedModelFailure.NotATunedModel, "it does not begin like one");
        }

        if (ContainerFormat.ParseHeader(start) is not { } entry)
        {
            throw position + ContainerFormat.LongestHeader > length ? Truncated() : Repacked();
        }

        if (!string.Equals(entry.Name, expected, StringComparison.Ordinal))
        {
            throw position == 0
                ? new FileDefectException(TunedModelFailure.NotATunedModel, $"it is a zip file that does not begin with '{expected}'")
                : Repacked();
        }

        if (entry.Length > longest)
        {
            throw new FileDefectException(
                TunedModelFailure.TooLarge, $"its '{expected}' claims {entry.Length} bytes, more than the {longest} that the format allows");
        }

        byte[] header = ContainerFormat.LocalHeader(position, entry);
        long content = position + header.Length;
        if (content + entry.Length > length)
        {
            throw Truncated();
        }

        if (!start.StartsWith(header))
        {
            throw Repacked();
        }

        entries.Add((entry, position));
        position = content + entry.Length;
        return (entry, content);
    }

    /// <summary>Checks that nothing but the directory of the entries read follows.</summary>
    /// <exception cref="FileDefectException">The file ends too early, or something else follows.</exception>
    public void End()
    {
        byte[] tail = ContainerFormat.Tail(position, entries);
        if (length < position + tail.Length)
        {
            throw Truncated();
        }

        var actual = new byte[tail.Length];
        if (length != position + tail.Length || source.Read(actual, position) != tail.Length || !actual.AsSpan().SequenceEqual(tail))
        {
            throw Repacked();
        }
    }

    private static FileDefectException Truncated() => new(TunedModelFailure.Truncated, "it ends too early: the copy or download was cut off");

    private static FileDefectException Repacked() =>
        new(TunedModelFailure.Corrupt, "its structure is not the one that Attune writes: it was damaged, or repacked by a zip program");
}
