namespace Attune.Kernels.Partition;

/// <summary>
/// Who wrote, or who reads, each place of an activation. A place is a channel block, a row and a chunk of columns (an eighth of a row at most), represented by
/// the middle of the chunk.
/// </summary>
internal sealed class PartitionMap
{
    private const int MaxChunks = 8;
    private readonly ulong[] members;
    private readonly ActivationGrid grid;
    private readonly int chunks;

    private PartitionMap(ActivationGrid grid)
    {
        this.grid = grid;
        chunks = Math.Min(MaxChunks, grid.Columns);
        members = new ulong[grid.Blocks * grid.Rows * chunks];
    }

    /// <summary>Places of a channel block.</summary>
    internal int Places => grid.Rows * chunks;

    /// <summary>Who writes a value.</summary>
    /// <param name="partition">The kernel that writes it.</param>
    /// <param name="value">The value's size; a kernel may see its rows joined into one.</param>
    /// <param name="threads">Threads, 1 to 64.</param>
    public static PartitionMap Writers(WorkPartition partition, ActivationGrid value, int threads) =>
        Fill(value, partition.WriteUnits, partition.Writes, partition.Output, threads);

    /// <summary>Who reads a value: several members may.</summary>
    /// <param name="partition">The kernel that reads it.</param>
    /// <param name="value">The value's size.</param>
    /// <param name="threads">Threads, 1 to 64.</param>
    /// <param name="asOutput">True for an operand that is read like the output is written (a residual).</param>
    public static PartitionMap Readers(WorkPartition partition, ActivationGrid value, int threads, bool asOutput) =>
        asOutput ? Writers(partition, value, threads) : Fill(value, partition.ReadUnits, partition.Reads, partition.Input, threads);

    /// <summary>The largest share of a value, 0 to 1, that one member reads and another has written.</summary>
    /// <param name="writers">Who wrote it.</param>
    /// <param name="readers">Who reads it; rows and columns are as in <paramref name="writers"/>.</param>
    /// <param name="shift">First block of the writers' part minus first block of the readers' part, where both are parts of a larger value.</param>
    /// <param name="threads">Threads.</param>
    public static double ForeignShare(PartitionMap writers, PartitionMap readers, int shift, int threads)
    {
        if (writers.grid.Rows != readers.grid.Rows || writers.grid.Columns != readers.grid.Columns)
        {
            return 0;
        }

        var foreign = new long[threads];
        int perBlock = writers.Places;
        for (int block = 0; block < writers.grid.Blocks; block++)
        {
            int other = block + shift;
            for (int place = 0; other >= 0 && other < readers.grid.Blocks && place < perBlock; place++)
            {
                ulong wrote = writers.members[(block * perBlock) + place];
                ulong read = readers.members[(other * perBlock) + place];
                for (int member = 0; member < threads; member++)
                {
                    // What overlapping tiles write twice is equal; whoever wrote it too has it.
                    foreign[member] += (read >> member & 1) != 0 && wrote != 0 && (wrote >> member & 1) == 0 ? 1 : 0;
                }
            }
        }

        return (double)foreign.Max() / Math.Max(1, writers.members.Length);
    }

    /// <summary>Channel blocks and places of a block that a member touches at all.</summary>
    internal (int Blocks, int Places) Coverage(int member)
    {
        var blocks = new HashSet<int>();
        var places = new HashSet<int>();
        for (int i = 0; i < members.Length; i++)
        {
            if ((members[i] >> member & 1) != 0)
            {
                blocks.Add(i / Places);
                places.Add(i % Places);
            }
        }

        return (blocks.Count, places.Count);
    }

    /// <summary>Places of a member that has the most of them.</summary>
    internal int LargestShare(int threads) => Enumerable.Range(0, threads).Max(member => members.Count(who => (who >> member & 1) != 0));

    private static PartitionMap Fill(ActivationGrid value, int units, Func<int, IEnumerable<WorkRegion>> regions, ActivationGrid seen, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threads, 64);
        var map = new PartitionMap(value);
        bool joined = seen.Rows == 1 && value.Rows > 1;
        for (int member = 0; member < threads; member++)
        {
            int end = (int)((long)units * (member + 1) / threads);
            for (int unit = (int)((long)units * member / threads); unit < end; unit++)
            {
                foreach (WorkRegion region in regions(unit))
                {
                    map.Mark(region, joined, 1UL << member);
                }
            }
        }

        return map;
    }

    private void Mark(WorkRegion region, bool joined, ulong member)
    {
        int firstRow = joined ? region.FirstColumn / grid.Columns : region.FirstRow;
        int endRow = joined ? ((region.EndColumn - 1) / grid.Columns) + 1 : region.EndRow;
        for (int row = Math.Max(0, firstRow); row < Math.Min(grid.Rows, endRow); row++)
        {
            int shift = joined ? row * grid.Columns : 0;
            for (int chunk = 0; chunk < chunks; chunk++)
            {
                int column = shift + (((2 * chunk) + 1) * grid.Columns / (2 * chunks));
                if (column < region.FirstColumn || column >= region.EndColumn)
                {
                    continue;
                }

                for (int block = Math.Max(0, region.FirstBlock); block < Math.Min(grid.Blocks, region.EndBlock); block++)
                {
                    members[(((block * grid.Rows) + row) * chunks) + chunk] |= member;
                }
            }
        }
    }
}
