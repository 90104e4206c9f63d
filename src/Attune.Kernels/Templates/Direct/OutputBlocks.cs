using System.Collections.Immutable;

namespace Attune.Kernels.Templates.Direct;

/// <summary>How the output of a layer is cut: into tiles of channel vectors x rows x columns, and tiles into units of work.</summary>
internal readonly struct OutputBlocks
{
    /// <summary>Cuts the output of a layer.</summary>
    /// <param name="w">The layer.</param>
    /// <param name="channels">Units, tiles of a unit and vectors of a tile: the channels.</param>
    /// <param name="rowTile">Rows of a tile.</param>
    /// <param name="columnTile">Columns of a tile.</param>
    /// <param name="rowBlock">Row tiles of a unit.</param>
    public OutputBlocks(ConvolutionWorkload w, ImmutableArray<int> channels, int rowTile, int columnTile, int rowBlock)
    {
        (ChannelUnits, ChannelTilesPerUnit, ChannelTile) = (channels[0], channels[1], channels[2]);
        (RowTile, ColumnTile, RowBlock) = (rowTile, columnTile, rowBlock);
        RowTiles = (w.OutHeight + RowTile - 1) / RowTile;
        ColumnTiles = (w.OutWidth + ColumnTile - 1) / ColumnTile;
        RowUnits = (RowTiles + RowBlock - 1) / RowBlock;
        Units = w.Batch * w.Groups * ChannelUnits * RowUnits;
        Waste = (double)RowTiles * RowTile * ColumnTiles * ColumnTile / ((double)w.OutHeight * w.OutWidth);
    }

    /// <summary>Vectors of output channels in a tile.</summary>
    public int ChannelTile { get; }

    public int ChannelTilesPerUnit { get; }

    public int ChannelUnits { get; }

    public int ColumnTile { get; }

    public int RowTile { get; }

    /// <summary>Row tiles per work unit.</summary>
    public int RowBlock { get; }

    public int RowTiles { get; }

    public int ColumnTiles { get; }

    public int RowUnits { get; }

    public int Units { get; }

    /// <summary>Computed over wanted outputs, at least 1.</summary>
    public double Waste { get; }

    /// <summary>True when a block of so many row tiles appears once: not as one of several that all mean the whole image.</summary>
    /// <param name="rows">Output rows.</param>
    public bool IsDistinct(int rows)
    {
        (int block, int tiles) = (RowBlock, RowTiles);
        return block < tiles || TileSizes.RowBlocks(rows).First(one => one >= tiles) == block;
    }

    /// <summary>Time of the busiest of some threads over a perfect split, at least 1.</summary>
    public double Imbalance(int threads) => Math.Ceiling((double)Units / threads) * threads / Units;
}
