using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Attune.Kernels.Spaces;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Direct;

/// <summary>
/// The loops around the tiles of a layer's output (<see cref="OutputBlocks"/>): work units, and within one the tiles in one of three orders. Edge tiles that do
/// not fit are moved back and overlap.
/// </summary>
/// <param name="w">The layer.</param>
/// <param name="blocks">How its output is cut.</param>
/// <param name="configuration">Knobs "order" (of the units) and "nest" (of the tiles).</param>
internal sealed class BlockNest(ConvolutionWorkload w, OutputBlocks blocks, Configuration configuration)
{
    private readonly LoopVariable group = new("g");
    private readonly bool rowsOuter = configuration.Label("order") == "rows-outer";
    private readonly string nest = configuration.Label("nest");

    /// <summary>The image of the batch.</summary>
    public LoopVariable Image { get; } = new("n");

    /// <summary>The group of channels.</summary>
    public LoopVariable GroupOfImage { get; } = new("gi");

    /// <summary>The tile of channels.</summary>
    public LoopVariable Tile { get; } = new("oct");

    /// <summary>First row of the tile.</summary>
    public LoopVariable Row { get; } = new("oh");

    /// <summary>First column of the tile.</summary>
    public LoopVariable Column { get; } = new("ow");

    /// <summary>The program of a layer.</summary>
    /// <param name="buffers">Its operands.</param>
    /// <param name="unit">Loops of a unit: of its channels, its rows and the end of its row tiles.</param>
    public LoopProgram Program(ImmutableArray<Buffer> buffers, Func<LoopVariable, LoopVariable, LoopVariable, ImmutableArray<Statement>> unit)
    {
        var begin = new LoopVariable("begin");
        var end = new LoopVariable("end");
        var u = new LoopVariable("u");
        var body = ImmutableArray.CreateBuilder<Statement>();
        int inner = rowsOuter ? blocks.ChannelUnits : blocks.RowUnits;
        int outer = rowsOuter ? blocks.RowUnits : blocks.ChannelUnits;
        var rest = new LoopVariable("rest");
        var first = new LoopVariable(rowsOuter ? "hb" : "ob");
        var second = new LoopVariable(rowsOuter ? "ob" : "hb");
        body.Add(new Let(second, IndexOperation.Remainder, u, inner));
        body.Add(new Let(rest, IndexOperation.Divide, u, inner));
        body.Add(new Let(first, IndexOperation.Remainder, rest, outer));
        body.Add(new Let(group, IndexOperation.Divide, rest, outer));
        body.Add(new Let(Image, IndexOperation.Divide, group, w.Groups));
        body.Add(new Let(GroupOfImage, IndexOperation.Remainder, group, w.Groups));
        LoopVariable channels = rowsOuter ? second : first;
        LoopVariable rows = rowsOuter ? first : second;
        var rowEnd = new LoopVariable("hend");
        body.Add(new Let(rowEnd, IndexOperation.Minimum, ((Index)rows * blocks.RowBlock) + blocks.RowBlock, blocks.RowTiles));
        body.AddRange(unit(channels, rows, rowEnd));
        return new LoopProgram(w.Key, w.Lanes, buffers, begin, end, [new Loop(u, begin, end, 1, LoopKind.Serial, body.ToImmutable())]);
    }

    /// <summary>The loops over the tiles of a unit.</summary>
    /// <param name="channels">Its channels.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="rowEnd">End of its row tiles.</param>
    /// <param name="body">What is done for a tile.</param>
    public ImmutableArray<Statement> Tiles(LoopVariable channels, LoopVariable rows, LoopVariable rowEnd, ImmutableArray<Statement> body)
    {
        Func<ImmutableArray<Statement>, ImmutableArray<Statement>> overChannels = inner =>
            [new Loop(
                Tile, (Index)channels * blocks.ChannelTilesPerUnit, ((Index)channels * blocks.ChannelTilesPerUnit) + blocks.ChannelTilesPerUnit, 1,
                LoopKind.Serial, inner)];
        Func<ImmutableArray<Statement>, ImmutableArray<Statement>> overRows = inner =>
            Edge(Row, "ht", (Index)rows * blocks.RowBlock, rowEnd, blocks.RowTile, w.OutHeight, inner);
        Func<ImmutableArray<Statement>, ImmutableArray<Statement>> overColumns = inner =>
            Edge(Column, "wt", 0, blocks.ColumnTiles, blocks.ColumnTile, w.OutWidth, inner);
        return nest switch
        {
            "oc-rows-cols" => overChannels(overRows(overColumns(body))),
            "rows-oc-cols" => overRows(overChannels(overColumns(body))),
            _ => overRows(overColumns(overChannels(body))),
        };
    }

    /// <summary>First output channel of a vector of the tile.</summary>
    public Index ChannelOf(int vector) =>
        ((Index)GroupOfImage * w.GroupOutChannels) + ((Index)Tile * (blocks.ChannelTile * w.Lanes)) + (vector * w.Lanes);

    /// <summary>Where a vector of the tile lies in memory that is seen as the output is.</summary>
    /// <param name="view">The memory.</param>
    /// <param name="vector">Which vector of the tile's channels.</param>
    /// <param name="row">Row of the tile.</param>
    /// <param name="column">Column of the tile.</param>
    public Index Output(ActivationView view, int vector, Index row, Index column) =>
        GroupOrigin(view, w.GroupOutChannels) + ((Index)Tile * (blocks.ChannelTile * view.Block)) + (vector * view.Block)
        + (((Index)Row + row) * view.Row) + (((Index)Column + column) * view.Pixel);

    /// <summary>Where the channels of a group begin.</summary>
    /// <param name="view">The memory.</param>
    /// <param name="channels">Channels of a group.</param>
    public Index GroupOrigin(ActivationView view, int channels) =>
        (Index)view.Origin + ((Index)Image * view.Batch) + ((Index)GroupOfImage * (channels / w.Lanes * view.Block));

    // The last tile is moved back when it does not fit.
    private static ImmutableArray<Statement> Edge(
        LoopVariable position, string counter, Index begin, Index end, int size, int extent, ImmutableArray<Statement> inner)
    {
        var index = new LoopVariable(counter);
        return [new Loop(index, begin, end, 1, LoopKind.Serial, [new Let(position, IndexOperation.Minimum, (Index)index * size, extent - size), .. inner])];
    }
}
