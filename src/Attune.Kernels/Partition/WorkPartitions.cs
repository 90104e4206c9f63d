using Attune.Kernels.Spaces;
using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Direct;
using Attune.Kernels.Templates.Strassen;
using Attune.Kernels.Templates.Winograd;

namespace Attune.Kernels.Partition;

/// <summary>The partitions of all kernels: one function per template, next to which it must stay true.</summary>
internal static class WorkPartitions
{
    /// <summary>Partition of a searched kernel.</summary>
    /// <param name="workload">Workload.</param>
    /// <param name="configuration">A valid configuration of its space.</param>
    public static WorkPartition Of(WeightedWorkload workload, Configuration configuration)
    {
        (ITemplate template, Configuration own) = TemplateRegistry.Of(configuration);
        return template.Partition(workload, own);
    }

    /// <summary>Partition of a kernel in one piece.</summary>
    /// <param name="w">Workload.</param>
    internal static WorkPartition Whole(ConvolutionWorkload w) =>
        Reading(w, 1, _ => [new WorkRegion(0, w.Batch * Blocks(w.OutChannels, w.Lanes), 0, w.OutHeight, 0, w.OutWidth)]);

    /// <summary>
    /// Partition of a kernel whose units are the output rows of every channel block in turn, and which reads the same channel blocks: pooling, element-wise
    /// operators, copies.
    /// </summary>
    /// <param name="input">Input size.</param>
    /// <param name="output">Output size.</param>
    /// <param name="window">Rows of a window.</param>
    /// <param name="stride">Rows from window to window.</param>
    /// <param name="padding">Rows above the image.</param>
    public static WorkPartition Planes(ActivationGrid input, ActivationGrid output, int window, int stride, int padding)
    {
        int units = output.Blocks * output.Rows;
        return new WorkPartition(
            output,
            units,
            unit => [new WorkRegion(unit / output.Rows, (unit / output.Rows) + 1, unit % output.Rows, (unit % output.Rows) + 1, 0, output.Columns)],
            input,
            units,
            unit => [new WorkRegion(
                unit / output.Rows, (unit / output.Rows) + 1, (unit % output.Rows * stride) - padding, (unit % output.Rows * stride) - padding + window, 0,
                input.Columns)]);
    }

    internal static WorkPartition Direct(ConvolutionWorkload w, OutputBlocks plan, Configuration c)
    {
        bool rowsOuter = c.Label("order") == "rows-outer";
        int inner = rowsOuter ? plan.ChannelUnits : plan.RowUnits;
        int outer = rowsOuter ? plan.RowUnits : plan.ChannelUnits;
        int groupBlocks = Blocks(w.GroupOutChannels, w.Lanes);
        int blocksPerUnit = plan.ChannelTile * plan.ChannelTilesPerUnit;
        return Reading(w, plan.Units, unit =>
        {
            int rest = unit / inner;
            int group = rest / outer;
            int channels = rowsOuter ? unit % inner : rest % outer;
            int rows = rowsOuter ? rest % outer : unit % inner;
            int first = (group * groupBlocks) + (channels * blocksPerUnit);
            (int top, int bottom) = Rows(rows * plan.RowBlock, Math.Min((rows + 1) * plan.RowBlock, plan.RowTiles), plan.RowTile, w.OutHeight);
            return [new WorkRegion(first, first + blocksPerUnit, top, bottom, 0, w.OutWidth)];
        });
    }

    internal static WorkPartition Depthwise(ConvolutionWorkload w, Configuration c)
    {
        int blocksPerUnit = c.Tuple("c")[1];
        int channelUnits = c.Tuple("c")[0];
        int tile = c.Value("oh_tile");
        int block = c.Value("oh_block");
        int rowTiles = (w.OutHeight + tile - 1) / tile;
        int rowUnits = (rowTiles + block - 1) / block;
        bool rowsOuter = c.Label("order") == "rows-outer";
        return Reading(w, w.Batch * channelUnits * rowUnits, unit =>
        {
            int inner = rowsOuter ? channelUnits : rowUnits;
            int outer = rowsOuter ? rowUnits : channelUnits;
            int rest = unit / inner;
            int channels = rowsOuter ? unit % inner : rest % outer;
            int rows = rowsOuter ? rest % outer : unit % inner;
            int first = (((rest / outer) * channelUnits) + channels) * blocksPerUnit;
            (int top, int bottom) = Rows(rows * block, Math.Min((rows + 1) * block, rowTiles), tile, w.OutHeight);
            return [new WorkRegion(first, first + blocksPerUnit, top, bottom, 0, w.OutWidth)];
        });
    }

    // Reads what the depthwise half needs for the rows that the pointwise half writes: all channels.
    internal static WorkPartition Pair(PairWorkload pair, Configuration c)
    {
        ConvolutionWorkload w = pair.Second;
        int tile = c.Value("oh_tile");
        int perUnit = c.Value("rows");
        int tiles = (w.OutHeight + tile - 1) / tile;
        int units = (tiles + perUnit - 1) / perUnit;
        int blocks = Blocks(w.OutChannels, w.Lanes);
        ConvolutionWorkload first = pair.First;
        int firstBlocks = Blocks(first.InChannels, w.Lanes);
        IEnumerable<WorkRegion> Region(int unit, int channels)
        {
            (int top, int bottom) = Rows(unit % units * perUnit, Math.Min(((unit % units) + 1) * perUnit, tiles), tile, w.OutHeight);
            int block = unit / units * channels;
            return [new WorkRegion(block, block + channels, top, bottom, 0, w.OutWidth)];
        }

        WorkPartition second = Reading(w, w.Batch * units, unit => Region(unit, blocks));
        WorkPartition before = Reading(first, w.Batch * units, unit => Region(unit, firstBlocks));
        return new WorkPartition(second.Output, second.WriteUnits, second.Writes, before.Input, before.ReadUnits, before.Reads);
    }

    internal static WorkPartition Winograd(ConvolutionWorkload w, WinogradPlan plan, Configuration c)
    {
        int blocks = Blocks(w.OutChannels, w.Lanes);
        if (!plan.Split)
        {
            return Reading(w, plan.Blocks, unit => Tiles(w, plan, unit, 0, blocks));
        }

        bool channelsOuter = c.Label("block_order") == "oc-outer";
        int inner = channelsOuter ? plan.Blocks : plan.ChannelUnits;
        int perUnit = plan.ChannelTile * plan.ChannelTilesPerUnit;
        WorkPartition written = Reading(w, plan.Blocks * plan.ChannelUnits, unit =>
        {
            int channels = channelsOuter ? unit / inner : unit % inner;
            return Tiles(w, plan, channelsOuter ? unit % inner : unit / inner, channels * perUnit, (channels + 1) * perUnit);
        });
        return new WorkPartition(
            written.Output,
            written.WriteUnits,
            written.Writes,
            written.Input,
            plan.Blocks * plan.ReductionBlocks,
            unit => Tiles(w, plan, unit / plan.ReductionBlocks, unit % plan.ReductionBlocks, (unit % plan.ReductionBlocks) + 1).Select(
                region => InputOf(w, region, sameBlocks: true)));
    }

    private static IEnumerable<WorkRegion> Tiles(ConvolutionWorkload w, WinogradPlan plan, int block, int firstBlock, int endBlock)
    {
        int first = Math.Min(block * plan.Block, plan.Tiles - plan.Block);
        int end = first + plan.Block;
        for (int row = first / plan.TileColumns; row * plan.TileColumns < end; row++)
        {
            int left = Math.Max(0, first - (row * plan.TileColumns));
            int right = Math.Min(plan.TileColumns, end - (row * plan.TileColumns));
            int top = Math.Min(row * plan.Outputs, w.OutHeight - plan.Outputs);
            yield return new WorkRegion(
                firstBlock,
                endBlock,
                top,
                top + plan.Outputs,
                Math.Min(left * plan.Outputs, w.OutWidth - plan.Outputs),
                Math.Min(right * plan.Outputs, w.OutWidth));
        }
    }

    internal static WorkPartition Strassen(ConvolutionWorkload w, StrassenPlan plan)
    {
        int tiles = plan.ChannelBlocks / plan.ChannelTile;
        int blocks = Blocks(w.OutChannels, w.Lanes);
        if (!plan.Split)
        {
            return Reading(w, plan.Blocks, unit => Positions(w, plan, unit, 0, blocks));
        }

        WorkPartition written = Reading(w, plan.Blocks * tiles, unit => Enumerable.Range(0, plan.Parts).SelectMany(part =>
        {
            int first = (part * plan.ChannelBlocks) + (unit / plan.Blocks * plan.ChannelTile);
            return Positions(w, plan, unit % plan.Blocks, first, Math.Min(first + plan.ChannelTile, blocks));
        }));
        return new WorkPartition(
            written.Output,
            written.WriteUnits,
            written.Writes,
            written.Input,
            plan.Blocks * plan.ReductionBlocks,
            unit => Enumerable.Range(0, plan.Parts).SelectMany(part =>
            {
                int channel = (part * plan.ReductionBlocks) + (unit % plan.ReductionBlocks);
                return Positions(w, plan, unit / plan.ReductionBlocks, channel, channel + 1).Select(region => InputOf(w, region, sameBlocks: true));
            }));
    }

    // A block of positions is computed in every part of the image; positions count row by row.
    private static IEnumerable<WorkRegion> Positions(ConvolutionWorkload w, StrassenPlan plan, int block, int firstBlock, int endBlock)
    {
        int first = Math.Min(block * plan.Block, plan.Positions - plan.Block);
        for (int part = 0; part < plan.Parts; part++)
        {
            int begin = plan.StartOf(part) + first;
            int end = begin + plan.Block;
            for (int row = begin / w.OutWidth; row * w.OutWidth < end; row++)
            {
                yield return new WorkRegion(
                    firstBlock, endBlock, row, row + 1, Math.Max(0, begin - (row * w.OutWidth)), Math.Min(w.OutWidth, end - (row * w.OutWidth)));
            }
        }
    }

    /// <summary>A kernel whose units read what their output needs.</summary>
    internal static WorkPartition Reading(ConvolutionWorkload w, int units, Func<int, IEnumerable<WorkRegion>> writes)
    {
        var output = new ActivationGrid(w.Batch * Blocks(w.OutChannels, w.Lanes), w.OutHeight, w.OutWidth);
        var input = new ActivationGrid(w.Batch * Blocks(w.InChannels, w.Lanes), w.Height, w.Width);
        return new WorkPartition(output, units, writes, input, units, unit => writes(unit).Select(region => InputOf(w, region, w.IsDepthwise)));
    }

    /// <summary>Rows of tiles first .. end; the last tile is moved back when it does not fit.</summary>
    internal static (int Top, int Bottom) Rows(int first, int end, int tile, int rows) => (Math.Min(first * tile, rows - tile), Math.Min(end * tile, rows));

    private static WorkRegion InputOf(ConvolutionWorkload w, WorkRegion region, bool sameBlocks)
    {
        int groupIn = Math.Max(1, Blocks(w.GroupInChannels, w.Lanes));
        int groupOut = Math.Max(1, Blocks(w.GroupOutChannels, w.Lanes));
        (int firstRow, int endRow) = Window(region.FirstRow, region.EndRow, w.StrideHeight, w.Padding.Top, w.KernelHeight, w.DilationHeight, w.Height);
        (int firstColumn, int endColumn) = Window(region.FirstColumn, region.EndColumn, w.StrideWidth, w.Padding.Left, w.KernelWidth, w.DilationWidth, w.Width);
        return sameBlocks
            ? new WorkRegion(region.FirstBlock, region.EndBlock, firstRow, endRow, firstColumn, endColumn)
            : new WorkRegion(
                region.FirstBlock / groupOut * groupIn, (((region.EndBlock - 1) / groupOut) + 1) * groupIn, firstRow, endRow, firstColumn, endColumn);
    }

    private static (int First, int End) Window(int first, int end, int stride, int padding, int kernel, int dilation, int extent) =>
        (Math.Max(0, (first * stride) - padding), Math.Min(extent, ((end - 1) * stride) - padding + ((kernel - 1) * dilation) + 1));

    private static int Blocks(int channels, int lanes) => (channels + lanes - 1) / lanes;
}
