using Attune.Runtime.Files.Container;

namespace Attune.Runtime.Files.Weights;

/// <summary>
/// Which array lies where in the weights: contents at multiples of 64 bytes, in ascending order, zeros between. Read and written in chunks that are hashed one
/// by one, so that several cores can work on one large array. Built by one thread, then safe to share.
/// </summary>
internal sealed class WeightLayout
{
    /// <summary>Bytes that one hash covers.</summary>
    public const int ChunkBytes = 1 << 24;

    /// <summary>Most bytes handled at once: read, then hashed while still in the second-level cache.</summary>
    public const int BlockBytes = 1 << 18;

    private readonly Dictionary<Array, long> positions = new(ReferenceEqualityComparer.Instance);
    private readonly List<WeightPlace> segments = [];

    /// <summary>Total length, bytes.</summary>
    public long Length { get; private set; }

    /// <summary>Number of chunks.</summary>
    public int Chunks => checked((int)((Length + ChunkBytes - 1) / ChunkBytes));

    /// <summary>Appends an array behind the others; one that is there already keeps its place.</summary>
    /// <returns>Its position.</returns>
    public long Add(Array data, long bytes)
    {
        if (bytes == 0)
        {
            return 0;
        }

        if (!positions.TryGetValue(data, out long position))
        {
            position = (Length + ContainerFormat.Alignment - 1) / ContainerFormat.Alignment * ContainerFormat.Alignment;
            positions.Add(data, position);
            segments.Add(new WeightPlace(data, position, bytes));
            Length = position + bytes;
        }

        return position;
    }

    /// <summary>Makes the layout that a file describes.</summary>
    /// <exception cref="FileDefectException">Arrays overlap or leave the weights.</exception>
    public static WeightLayout Of(IEnumerable<WeightPlace> placed, long length)
    {
        var layout = new WeightLayout();
        layout.segments.AddRange(placed.OrderBy(segment => segment.Position));
        long end = 0;
        foreach ((_, long position, long bytes) in layout.segments)
        {
            if (position < end || position % ContainerFormat.Alignment != 0 || bytes > length - position)
            {
                throw new FileDefectException(TunedModelFailure.Malformed, $"a constant at byte {position} of the weights overlaps another one or leaves them");
            }

            end = position + bytes;
        }

        layout.Length = length;
        return layout;
    }

    /// <summary>The pieces of one chunk, in order, without gaps.</summary>
    public IEnumerable<WeightPiece> Pieces(int chunk)
    {
        long position = (long)chunk * ChunkBytes;
        long end = Math.Min(position + ChunkBytes, Length);
        foreach ((Array? data, long start, long bytes) in segments)
        {
            if (start + bytes <= position)
            {
                continue;
            }

            for (; position < Math.Min(start, end); position += Step(start))
            {
                yield return new WeightPiece(null, 0, position, Step(start));
            }

            for (; position < Math.Min(start + bytes, end); position += Step(start + bytes))
            {
                yield return new WeightPiece(data, position - start, position, Step(start + bytes));
            }

            if (position >= end)
            {
                yield break;
            }
        }

        for (; position < end; position += Step(end))
        {
            yield return new WeightPiece(null, 0, position, Step(end));
        }

        int Step(long stop) => (int)Math.Min(BlockBytes, Math.Min(stop, end) - position);
    }
}
