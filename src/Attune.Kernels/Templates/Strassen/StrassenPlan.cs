using Attune.Kernels.Spaces;

namespace Attune.Kernels.Templates.Strassen;

/// <summary>
/// The numbers that follow from a workload, the number of levels and a configuration of the Strassen template; see <see cref="StrassenTemplate"/> for the
/// knobs. Positions (row by row), input channels and output channels are each cut into 2 parts per level.
/// </summary>
internal readonly struct StrassenPlan
{
    public StrassenPlan(ConvolutionWorkload w, int levels, Configuration c)
    {
        Levels = levels;
        ChannelTile = c.Tuple("oc")[2];
        ChannelTilesPerUnit = c.Tuple("oc")[1];
        Register = c.Value("positions");
        RegistersPerBlock = c.Value("block");
        Unroll = c.Value("ic_unroll");
        Split = c.Label("schedule") == "split";
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

    /// <summary>
    /// True when the workload can be computed this way: pointwise or a matrix product with several rows, whole vectors of channels next to each other,
    /// input-channel blocks that divide evenly, at least two blocks of output channels that divide with at most one missing, one image.
    /// </summary>
    public static bool IsEligible(ConvolutionWorkload w, int levels)
    {
        int parts = 1 << levels;
        int outputs = (w.OutChannels + w.Lanes - 1) / w.Lanes;
        int padded = (outputs + parts - 1) / parts * parts;
        return w is { KernelHeight: 1, KernelWidth: 1, Groups: 1, Batch: 1, Padding.IsEmpty: true, IsTransposed: false } and not NarrowWorkload
            && w is { InputLayout: ActivationLayout.Blocked, OutputLayout: ActivationLayout.Blocked }
                or { InputLayout: ActivationLayout.RowMajor, OutputLayout: ActivationLayout.RowMajor }
            && w.InChannels % (parts * w.Lanes) == 0 && w.OutChannels > w.Lanes && w.OutHeight * w.OutWidth >= 8
            && padded - outputs <= 1 && padded <= outputs * 1.1;
    }

    /// <summary>First position of a part.</summary>
    public int StartOf(int part) => Math.Min(part * Positions, LastStart);

    public bool Admits(ConvolutionWorkload w, int registers)
    {
        int accumulators = ChannelTile * Register;
        return ChannelBlocks % ChannelTile == 0
            && ChannelTilesPerUnit == 1
            && accumulators + Math.Min(ChannelTile, Register) + 1 <= registers
            && accumulators * Unroll <= 1000
            && Block <= Positions
            && (long)Points * ReductionBlocks * w.Lanes * Block <= 1 << 20;
    }
}
