using Attune.Kernels.Spaces;

namespace Attune.Kernels.Templates;

/// <summary>
/// The numbers that follow from a workload and a configuration of the Strassen template. It shares the direct template's knobs: "oc" gives the register tile's
/// channel vectors, ow_tile x oh_tile its positions, oh_block the register tiles per block of positions, kw_unroll the schedule (off: fused, on: split). Positions (row by row), input channels and output channels are each
/// cut into 2 parts per level.
/// </summary>
internal readonly struct StrassenPlan
{
    public StrassenPlan(ConvolutionWorkload w, Configuration c)
    {
        Levels = c.Label("algorithm") == "strassen2" ? 2 : 1;
        ChannelTile = c.Tuple("oc")[2];
        ChannelTilesPerUnit = c.Tuple("oc")[1];
        Register = c.Value("ow_tile") * c.Value("oh_tile");
        RegistersPerBlock = c.Value("oh_block");
        Unroll = c.Value("ic_unroll");
        Split = c.IsOn("kw_unroll");
        int extent = w.OutHeight * w.OutWidth;
        Positions = (extent + Parts - 1) / Parts;
        LastStart = extent - Positions;
        ReductionBlocks = w.InChannels / w.Lanes / Parts;
        OutputBlocks = (w.OutChannels + w.Lanes - 1) / w.Lanes;
        ChannelBlocks = (OutputBlocks + Parts - 1) / Parts;
        Blocks = (Positions + Block - 1) / Block;
    }

    public int Levels { get; }

    /// <summary>Parts of each dimension.</summary>
    public int Parts => 1 << Levels;

    public int Points => StrassenAlgebra.Points(Levels);

    public int ChannelTile { get; }

    public int ChannelTilesPerUnit { get; }

    public int Register { get; }

    public int RegistersPerBlock { get; }

    /// <summary>Positions of a part in a block.</summary>
    public int Block => Register * RegistersPerBlock;

    public int Unroll { get; }

    /// <summary>True: form all sums of the input first, then multiply, with units of blocks x channel tiles; false: block by block.</summary>
    public bool Split { get; }

    /// <summary>Work units of the products.</summary>
    public int Units => Split ? Blocks * (ChannelBlocks / ChannelTile) : Blocks;

    /// <summary>Positions of a part. Parts overlap when the image's size is no multiple.</summary>
    public int Positions { get; }

    public int Blocks { get; }

    /// <summary>Input-channel blocks of a part.</summary>
    public int ReductionBlocks { get; }

    /// <summary>Output-channel blocks of the whole output.</summary>
    public int OutputBlocks { get; }

    /// <summary>True when the last part has one block more than the output; it is computed with zero weights and not stored.</summary>
    public bool HasMissingBlock => ChannelBlocks * Parts > OutputBlocks;

    /// <summary>Output-channel blocks of a part.</summary>
    public int ChannelBlocks { get; }

    private int LastStart { get; }

    /// <summary>True when the configuration selects this template.</summary>
    public static bool IsSelected(Configuration c) => c.Space.Has("algorithm") && c.Label("algorithm").StartsWith("strassen", StringComparison.Ordinal);

    /// <summary>True when the workload can be computed this way: pointwise or a matrix product with several rows, whole vectors of channels next to each other, an even number of input-channel blocks, at least two of output channels, one image.</summary>
    public static bool IsEligible(ConvolutionWorkload w) =>
        w is { KernelHeight: 1, KernelWidth: 1, Groups: 1, Batch: 1, Padding.IsEmpty: true } and ({ InputLayout: ActivationLayout.Blocked, OutputLayout: ActivationLayout.Blocked } or { InputLayout: ActivationLayout.RowMajor, OutputLayout: ActivationLayout.RowMajor })
        && w.InChannels % (2 * w.Lanes) == 0 && w.OutChannels > w.Lanes && w.OutHeight * w.OutWidth >= 8;

    /// <summary>First position of a part.</summary>
    public int StartOf(int part) => Math.Min(part * Positions, LastStart);

    public bool Admits(ConvolutionWorkload w, int registers, Configuration c)
    {
        int accumulators = ChannelTile * Register;
        return w.InChannels % (Parts * w.Lanes) == 0
            && (ChannelBlocks * Parts) - OutputBlocks <= 1
            && ChannelBlocks * Parts <= OutputBlocks * 1.1
            && ChannelBlocks % ChannelTile == 0
            && ChannelTilesPerUnit == 1
            && accumulators + Math.Min(ChannelTile, Register) + 1 <= registers
            && accumulators * Unroll <= 1000
            && Block <= Positions
            && (long)Points * ReductionBlocks * w.Lanes * Block <= 1 << 20
            && c.Value("ic_block") == w.InChannels / w.Lanes
            && c.Value("nest") == 0
            && c.Value("order") == 0;
    }
}
