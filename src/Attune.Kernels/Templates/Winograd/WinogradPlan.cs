using Attune.Kernels.Spaces;

namespace Attune.Kernels.Templates.Winograd;

/// <summary>
/// The numbers that follow from a workload, the outputs per tile and a configuration of the Winograd template; see <see cref="WinogradTemplate"/> for the
/// knobs.
/// </summary>
internal readonly struct WinogradPlan
{
    public WinogradPlan(ConvolutionWorkload w, int outputs, Configuration c)
    {
        var oc = c.Tuple("oc");
        Outputs = outputs;
        Stride = w.StrideHeight;
        Inputs = ((Outputs - 1) * Stride) + w.KernelHeight;
        ChannelTile = oc[2];
        ChannelTilesPerUnit = oc[1];
        ChannelUnits = oc[0];
        Register = c.Value("positions");
        RegistersPerBlock = c.Value("block");
        Block = Register * RegistersPerBlock;
        Unroll = c.Value("ic_unroll");
        Split = c.Label("schedule") == "split";
        TileRows = (w.OutHeight + Outputs - 1) / Outputs;
        TileColumns = (w.OutWidth + Outputs - 1) / Outputs;
        Tiles = TileRows * TileColumns;
        Blocks = (Tiles + Block - 1) / Block;
        ReductionBlocks = w.GroupInChannels / w.Lanes;
        BlockFloats = (long)Points * w.GroupInChannels * Block;
    }

    /// <summary>Output rows and columns of a tile: 2 or 4.</summary>
    public int Outputs { get; }

    /// <summary>Input rows and columns of a tile.</summary>
    public int Inputs { get; }

    /// <summary>Stride of the convolution: 1 or 2.</summary>
    public int Stride { get; }

    /// <summary>Products per tile.</summary>
    public int Points => Inputs * Inputs;

    /// <summary>Different rows of the weight transform: with stride 2 all odd inputs share one.</summary>
    public int WeightRows => WinogradTransform.WeightRows(Outputs, Inputs, Stride);

    /// <summary>Transformed weights per pair of channels.</summary>
    public int WeightPoints => WeightRows * WeightRows;

    public int ChannelTile { get; }

    public int ChannelTilesPerUnit { get; }

    public int ChannelUnits { get; }

    /// <summary>Image tiles in the register tile.</summary>
    public int Register { get; }

    public int RegistersPerBlock { get; }

    /// <summary>Image tiles in a block.</summary>
    public int Block { get; }

    public int Unroll { get; }

    /// <summary>True: transform all of the input first, then multiply; false: block by block.</summary>
    public bool Split { get; }

    public int TileRows { get; }

    public int TileColumns { get; }

    public int Tiles { get; }

    public int Blocks { get; }

    public int ReductionBlocks { get; }

    /// <summary>Transformed input of one block.</summary>
    public long BlockFloats { get; }

    /// <summary>True when the workload can be computed this way: 3x3 with stride 1 or 2 or 5x5 with stride 1, whole channel blocks, blocked layouts.</summary>
    public static bool IsEligible(ConvolutionWorkload w) =>
        w is not NarrowWorkload
        && w is { KernelHeight: 3, KernelWidth: 3, StrideHeight: 1, StrideWidth: 1 } or { KernelHeight: 3, KernelWidth: 3, StrideHeight: 2, StrideWidth: 2 }
            or { KernelHeight: 5, KernelWidth: 5, StrideHeight: 1, StrideWidth: 1 }
        && w is { DilationHeight: 1, DilationWidth: 1, Groups: 1, IsTransposed: false }
        && w.InputLayout == ActivationLayout.Blocked && w.OutputLayout == ActivationLayout.Blocked
        && w.InChannels % w.Lanes == 0 && w.OutHeight >= 4 && w.OutWidth >= 4;

    public bool Admits(ConvolutionWorkload w, int registers, Configuration c)
    {
        int accumulators = ChannelTile * Register;
        int held = Math.Min(ChannelTile, Register);
        return accumulators + held + 1 <= registers
            && accumulators * Unroll <= 1000
            && Block <= Tiles
            && BlockFloats <= 4 << 20
            && (Split || (c.Value("block_order") == 0 && ChannelTilesPerUnit == 1))
            && w.Batch == 1;
    }
}
