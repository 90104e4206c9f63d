using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Attune.Kernels.Spaces;

namespace Attune.Kernels.Templates.Tiles;

/// <summary>The configurations of layers that multiply matrix tiles: how many pixels a tile has, and which tiles are summed up together.</summary>
internal static class TileSpace
{
    // Sums, one tile of either side, and one more of the side that is held.
    private const int MaxTogether = MatrixTile.MaxTiles - 2;

    // Units of channels where rows are too few to be split, and weights of a unit that stay in the second cache, bytes.
    private const int MinRows = 8;
    private const int MinUnits = 4;
    private const long NearWeights = 512 << 10;

    // Rough cycles, for a choice without measuring: of a product of whole tiles, of one whose sums wait for each other, of a tile that comes from the second
    // cache, and of what becomes of a vector of sums.
    private const double ProductCycles = 16;
    private const double Latency = 52;
    private const double LoadCycles = 8;
    private const double FarLoadCycles = 26;
    private const double VectorCycles = 5;

    // A line of the output that is in the second cache, which is fetched again for each part of it that is written.
    private const double LineCycles = 12;
    private const double LineBytes = 64;
    private const string ChannelsInnermost = "rows-cols-oc";

    public static Space Create(NarrowWorkload w)
    {
        int vectors = (w.OutChannels + w.Lanes - 1) / w.Lanes;
        ImmutableArray<Knob> knobs =
        [
            Knob.Split("oc_tiles", vectors, 3, e => e[2] <= MaxTogether),
            Knob.Scale("pixels", [.. Pixels(w.OutWidth)]),
            Knob.Scale("ow_tiles", [.. Enumerable.Range(1, Math.Min(MaxTogether, w.OutWidth))]),
            Knob.Scale("oh_tiles", [.. Enumerable.Range(1, Math.Min(MaxTogether, w.OutHeight))]),
            Knob.Scale("oh_block", [.. TileSizes.RowBlocks(w.OutHeight)]),
            Knob.Choice("order", "oc-outer", "rows-outer"),
            Knob.Choice("nest", "oc-rows-cols", "rows-oc-cols", ChannelsInnermost),
        ];
        return new Space(knobs, c => Admits(w, new TilePlan(w, c)), c => Features(w, new TilePlan(w, c)));
    }

    /// <summary>
    /// The configuration with the fewest cycles by a rough count, for two threads. Channels are the innermost loop where a unit's weights stay in the second
    /// cache, so that lines of the output are written whole; where they do not, they are outermost, so that weights are read once.
    /// </summary>
    public static long Default(NarrowWorkload w, Space space)
    {
        bool rowsOutside = w.OutHeight >= MinRows;
        long weights = w.WeightCount * w.ElementBytes / (rowsOutside ? 1 : MinUnits);
        return Best(w, space, rowsOutside, weights <= NearWeights ? ChannelsInnermost : "oc-rows-cols");
    }

    /// <summary>The configurations with the fewest cycles for every order of loops.</summary>
    public static IEnumerable<Suggestion> Suggest(NarrowWorkload w, Space space) =>
        from rowsOutside in (bool[])[false, true]
        from nest in space.Knobs[space.PositionOf("nest")].Labels
        select new Suggestion(Best(w, space, rowsOutside, nest), 0);

    private static long Best(NarrowWorkload w, Space space, bool rowsOutside, string nest)
    {
        (double Cycles, long Index) best = (double.PositiveInfinity, -1);
        Knob oc = space.Knobs[space.PositionOf("oc_tiles")];
        int vectors = (w.OutChannels + w.Lanes - 1) / w.Lanes;
        var vector = new int[space.Knobs.Length];
        vector[space.PositionOf("order")] = rowsOutside ? 1 : 0;
        vector[space.PositionOf("nest")] = space.Knobs[space.PositionOf("nest")].Labels.IndexOf(nest);
        vector[space.PositionOf("oh_block")] = rowsOutside ? 0 : space.Knobs[space.PositionOf("oh_block")].Count - 1;
        for (int o = 0; o < oc.Count; o++)
        {
            (int units, int perUnit, int tile) = (oc.Entities[o][0], oc.Entities[o][1], oc.Entities[o][2]);
            bool isEnough = rowsOutside ? units == 1 : units >= Math.Min(MinUnits, vectors / tile) && (perUnit == 1 || units < 2 * MinUnits);
            if (!isEnough)
            {
                continue;
            }

            vector[space.PositionOf("oc_tiles")] = o;
            foreach ((int pixels, int columns, int rows) in Tiles(space, tile))
            {
                vector[space.PositionOf("pixels")] = pixels;
                vector[space.PositionOf("ow_tiles")] = columns;
                vector[space.PositionOf("oh_tiles")] = rows;
                long index = space.Encode(vector);
                if (space.IsValid(index) && Cycles(w, new TilePlan(w, space[index]), nest == ChannelsInnermost) is var cycles && cycles < best.Cycles)
                {
                    best = (cycles, index);
                }
            }
        }

        return best.Index >= 0 ? best.Index : space.FirstValid();
    }

    // Tiles of pixels for which there are registers, as entities of the knobs.
    private static IEnumerable<(int Pixels, int Columns, int Rows)> Tiles(Space space, int channels) =>
        from columns in Enumerable.Range(0, space.Knobs[space.PositionOf("ow_tiles")].Count)
        from rows in Enumerable.Range(0, space.Knobs[space.PositionOf("oh_tiles")].Count)
        where TilePlan.RegistersOf((columns + 1) * (rows + 1), channels) <= MatrixTile.MaxTiles
        from pixels in Enumerable.Range(0, space.Knobs[space.PositionOf("pixels")].Count)
        select (pixels, columns, rows);

    // Row lengths that divide the image's rows into equal tiles, as far as they fill half a tile.
    private static IEnumerable<int> Pixels(int columns)
    {
        int most = Math.Min(MatrixTile.MaxRows, columns);
        IEnumerable<int> even = Enumerable.Range(1, columns).Select(tiles => (columns + tiles - 1) / tiles);
        return even.Append(most).Where(pixels => pixels <= most && 2 * pixels >= most).Distinct().Order();
    }

    private static bool Admits(NarrowWorkload w, TilePlan plan) =>
        plan.Registers <= MatrixTile.MaxTiles && plan.Blocks.ColumnTile <= w.OutWidth && plan.Blocks.IsDistinct(w.OutHeight);

    private static double Cycles(NarrowWorkload w, TilePlan plan, bool channelsInnermost)
    {
        double steps = (double)w.KernelHeight * w.KernelWidth * plan.Groups / TilePlan.Depth(RunOf(w, plan));
        double step = Math.Max(
            Math.Max(plan.PixelTiles * plan.ChannelTiles * ProductCycles * plan.Pixels / MatrixTile.MaxRows, Latency),
            (plan.PixelTiles * LoadCycles) + (plan.ChannelTiles * FarLoadCycles));
        double sums = plan.PixelTiles * plan.ChannelTiles * plan.Pixels;
        double vector = w.Lanes * (w.OutputElement == DataType.Float32 ? sizeof(float) : w.ElementBytes);
        double together = vector * plan.ChannelTiles * (channelsInnermost ? plan.Blocks.ChannelTilesPerUnit : 1);
        double cycles = (steps * step) + (sums * (VectorCycles + (LineCycles * vector / Math.Min(LineBytes, together))));
        return cycles / sums * plan.Blocks.Waste * plan.Blocks.Imbalance(2);
    }

    // In the order and with the meaning that those of the direct template have, in whose union the points are.
    private static double[] Features(NarrowWorkload w, TilePlan plan)
    {
        double positions = (double)w.KernelHeight * w.KernelWidth * plan.Groups * sizeof(int);
        double weights = positions * plan.ChannelTiles * w.Lanes;
        double input = (double)w.ElementBytes * w.InChannels
            * ((plan.Blocks.RowBlock * plan.Blocks.RowTile * w.StrideHeight) + w.KernelHeight) * w.Width;
        int sums = plan.PixelTiles * plan.ChannelTiles;
        return
        [
            sums * plan.Pixels,
            (double)(plan.PixelTiles + plan.ChannelTiles) / sums,
            plan.Blocks.Waste,
            Math.Log2(sums * plan.Pixels * TilePlan.Depth(RunOf(w, plan))),
            Math.Log2(weights),
            Math.Log2(weights * plan.Blocks.ChannelTilesPerUnit),
            Math.Log2(input),
            Math.Log2(plan.Blocks.Units),
            plan.Blocks.Imbalance(2),
            0,
        ];
    }

    // Words that surely follow each other in memory, or do where a pixel of an image is one word: as a network's first layer finds its input.
    private static int RunOf(NarrowWorkload w, TilePlan plan) => plan.Groups == 1 && w.DilationWidth == 1 ? w.KernelWidth : plan.Groups;
}
