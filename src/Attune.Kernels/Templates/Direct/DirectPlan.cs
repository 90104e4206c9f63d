using Attune.Kernels.Spaces;

namespace Attune.Kernels.Templates.Direct;

/// <summary>The numbers that follow from a workload and a configuration of the direct template; shared by its validity test, features and code.</summary>
internal readonly struct DirectPlan
{
    public DirectPlan(ConvolutionWorkload w, Configuration c)
    {
        Blocks = new OutputBlocks(w, c.Tuple("oc"), c.Value("oh_tile"), c.Value("ow_tile"), c.Value("oh_block"));
        Unroll = c.Value("ic_unroll");
        UnrollWidth = c.IsOn("kw_unroll");
        Weights = DirectWeights.FormatOf(w, c);
        int neighbours = w is NarrowWorkload narrow ? narrow.ChannelsAtOnce : 1;
        BlockDepth = w.Lanes / neighbours;
        ReductionBlocks = w.GroupInChannels / w.Lanes;
        Remainder = ((w.GroupInChannels % w.Lanes) + neighbours - 1) / neighbours;
        ReductionChunk = c.Value("ic_block");
        Chunks = Math.Max(1, ReductionBlocks / ReductionChunk);
        int lanesUnrolled = ReductionBlocks > 0 ? Unroll : Remainder;
        BodySize = ChannelTile * ColumnTile * RowTile * Math.Max(lanesUnrolled, Remainder) * (UnrollWidth ? w.KernelWidth : 1);
    }

    /// <summary>How the kernel reads weights.</summary>
    public WeightFormat Weights { get; }

    /// <summary>How the output is cut.</summary>
    public OutputBlocks Blocks { get; }

    /// <summary>Vectors of output channels in the register tile.</summary>
    public int ChannelTile => Blocks.ChannelTile;

    public int ChannelTilesPerUnit => Blocks.ChannelTilesPerUnit;

    public int ChannelUnits => Blocks.ChannelUnits;

    public int ColumnTile => Blocks.ColumnTile;

    public int RowTile => Blocks.RowTile;

    public int Unroll { get; }

    public bool UnrollWidth { get; }

    /// <summary>Row tiles per work unit.</summary>
    public int RowBlock => Blocks.RowBlock;

    /// <summary>Whole blocks of input channels.</summary>
    public int ReductionBlocks { get; }

    /// <summary>Steps of the reduction over a whole block of input channels: one for each channel, or for those that are multiplied at once.</summary>
    public int BlockDepth { get; }

    /// <summary>Steps of the reduction over all input channels, for one position of the kernel.</summary>
    public int Depth => (ReductionBlocks * BlockDepth) + Remainder;

    /// <summary>Steps of the reduction over the input channels beyond the whole blocks.</summary>
    public int Remainder { get; }

    public int ReductionChunk { get; }

    /// <summary>Partial sums per output; 1 keeps sums in registers.</summary>
    public int Chunks { get; }

    public int RowTiles => Blocks.RowTiles;

    public int ColumnTiles => Blocks.ColumnTiles;

    public int RowUnits => Blocks.RowUnits;

    public int Units => Blocks.Units;

    /// <summary>Computed over wanted outputs, at least 1.</summary>
    public double Waste => Blocks.Waste;

    /// <summary>Multiply-adds in the innermost body.</summary>
    public int BodySize { get; }

    public int Accumulators => ChannelTile * ColumnTile * RowTile;

    public double LoadsPerMultiplyAdd => (double)(ChannelTile + (ColumnTile * RowTile)) / Accumulators;

    /// <summary>Time of the busiest of some threads over a perfect split, at least 1.</summary>
    public double Imbalance(int threads) => Blocks.Imbalance(threads);
}
