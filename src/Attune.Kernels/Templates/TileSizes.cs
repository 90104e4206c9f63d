namespace Attune.Kernels.Templates;

/// <summary>Extents that knobs of several templates offer.</summary>
internal static class TileSizes
{
    /// <summary>Rows of a register tile.</summary>
    public static readonly int[] RowTiles = [1, 2, 3, 4, 5, 6, 7, 8];

    private static readonly int[] Unrolls = [1, 2, 4, 8, 16];
    private static readonly int[] Distances = [0, 4, 8, 16, 32];

    // A step over narrow weights moves fewer bytes, and as many must be under way.
    private static readonly int[] NarrowDistances = [.. Distances, 64, 128];

    /// <summary>Numbers that divide n.</summary>
    public static IEnumerable<int> Divisors(int n) => Enumerable.Range(1, n).Where(d => n % d == 0);

    /// <summary>Steps of the reduction per turn of the innermost loop.</summary>
    public static int[] Reductions(ConvolutionWorkload w) => [.. Unrolls.Where(u => u <= Math.Max(1, MaxReduction(w)))];

    private static int MaxReduction(ConvolutionWorkload w) =>
        w is NarrowWorkload narrow
            ? Math.Min(w.Lanes, w.GroupInChannels + narrow.ChannelsAtOnce - 1) / narrow.ChannelsAtOnce
            : Math.Min(w.Lanes, w.GroupInChannels);

    /// <summary>How far ahead weights are prefetched.</summary>
    public static int[] Prefetches(ConvolutionWorkload w) => w.Weights == WeightFormat.F32 ? Distances : NarrowDistances;

    /// <summary>Rows of a block: all small numbers, then steps of a half, then all rows.</summary>
    public static IEnumerable<int> RowBlocks(int rows)
    {
        for (int block = 1; block < rows; block = block < 4 ? block + 1 : block * 3 / 2)
        {
            yield return block;
        }

        yield return rows;
    }

    /// <summary>Positions of a register tile that batched products can have: a tile of rows and columns, in any shape.</summary>
    /// <param name="w">Workload.</param>
    /// <param name="registers">Vector registers.</param>
    public static int[] Positions(ConvolutionWorkload w, int registers)
    {
        IEnumerable<int> columns = Enumerable.Range(1, Math.Min(w.OutWidth, registers - 3));
        return [.. columns.SelectMany(
            column => RowTiles.Where(row => row <= w.OutHeight).Select(row => column * row)).Where(positions => positions < registers).Distinct().Order()];
    }
}
