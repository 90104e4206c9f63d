using Attune.Kernels.Loops;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates.Gpu.Staged;

/// <summary>What a group of a staged product and its lanes compute, and in which steps.</summary>
/// <param name="Rows">Rows of the result.</param>
/// <param name="Columns">Columns of the result; lanes side by side have columns side by side.</param>
/// <param name="Depth">What a lane sums over between two waits.</param>
internal sealed record StagedShape(LaneSplit Rows, LaneSplit Columns, int Depth)
{
    // Multiply-adds of a lane that take as long as a wait.
    private const double WaitProducts = 16;

    /// <summary>Parts of the depth that lanes of their own sum over; their sums are added in the group's memory at the end. Default 1.</summary>
    public int Slices { get; init; } = 1;

    /// <summary>Operands of the next step are read while those of this one are computed with. Default false.</summary>
    public bool IsAhead { get; init; }

    /// <summary>Neighbours of the left operand in memory differ in depth, and so lanes that fetch side by side do.</summary>
    public bool IsLeftDeep { get; init; }

    /// <summary>Likewise for the right operand.</summary>
    public bool IsRightDeep { get; init; }

    /// <summary>Longest body that is unrolled, multiply-adds.</summary>
    public int Unroll { get; init; }

    /// <summary>Unrolled here and not by the compiler.</summary>
    public bool IsExplicit { get; init; }

    /// <summary>Numbers that lanes load and store at once where they lie next to each other: 1 or 4. Default 1.</summary>
    public int Width { get; init; } = 1;

    /// <summary>Lanes of a slice.</summary>
    public int SliceLanes => Rows.Lanes * Columns.Lanes;

    /// <summary>Lanes of a group.</summary>
    public int Lanes => SliceLanes * Slices;

    /// <summary>Sums of a lane.</summary>
    public int Sums => Rows.Each * Columns.Each;

    /// <summary>What a group sums over between two waits.</summary>
    public int StepDepth => Depth * Slices;

    /// <summary>From one depth to the next in the left operand's piece. A little more where lanes write along it, so that they meet different banks.</summary>
    public int LeftPitch => Rows.Tile + (IsLeftDeep ? Width : 0);

    /// <summary>Likewise for the right operand.</summary>
    public int RightPitch => Columns.Tile + (IsRightDeep ? Width : 0);

    /// <summary>Both operands' pieces of one step, floats.</summary>
    public int PieceFloats => StepDepth * (LeftPitch + RightPitch);

    /// <summary>Memory of a group, floats: pieces, and later the sums of all slices but one.</summary>
    public long MemoryFloats => Math.Max((IsAhead ? 2L : 1) * PieceFloats, (Slices - 1L) * Rows.Tile * Columns.Tile);

    /// <summary>A lane's rows are loaded from the group's memory four at once.</summary>
    public bool HasRowFours => Width == Four.Width && HasAlignedPieces && Four.Divides(Rows.Beside) && Four.Divides(LeftPitch);

    /// <summary>Likewise its columns.</summary>
    public bool HasColumnFours => Width == Four.Width && HasAlignedPieces && Four.Divides(Columns.Beside) && Four.Divides(RightPitch);

    /// <summary>Both pieces begin at multiples of four.</summary>
    public bool HasAlignedPieces => Four.Divides((long)StepDepth * LeftPitch) && Four.Divides(PieceFloats);

    /// <summary>Numbers that a lane fetches in a step, at most.</summary>
    public int Fetched => FetchedOf(Rows.Tile, IsLeftDeep) + FetchedOf(Columns.Tile, IsRightDeep);

    /// <summary>Loads of a lane from its group's memory for each multiply-add; four numbers at once are one.</summary>
    public double LoadsPerProduct => (double)(Loads(Rows, HasRowFours) + Loads(Columns, HasColumnFours)) / Sums;

    /// <summary>Multiply-adds that a group could do while it waits between its steps and adds up its slices: a rough guess.</summary>
    /// <param name="steps">Steps.</param>
    public double Overhead(int steps) => ((double)steps * Lanes * WaitProducts) + ((Slices - 1.0) * Rows.Tile * Columns.Tile);

    /// <summary>Multiply-adds of the innermost body that is written out.</summary>
    public long Body => Math.Max(1, Math.Min(Math.Max(Unroll, Sums), (long)Sums * Depth));

    /// <summary>True when a device can launch it.</summary>
    /// <param name="limits">Its limits.</param>
    public bool Fits(GroupLimits limits) =>
        (Width == 1 || HasRowFours || HasColumnFours)
        && Lanes <= limits.MaxLanes && Columns.Lanes <= limits.MaxLanesX && Rows.Lanes <= limits.MaxLanesY && Slices <= limits.MaxLanesZ
        && Sums + (IsAhead ? Fetched : 0) <= TiledPlan.MaxSums && sizeof(float) * MemoryFloats <= limits.LocalBytes;

    private static int Loads(LaneSplit split, bool hasFours) => split.Each / (hasFours ? Four.Width : 1);

    private int FetchedOf(int tile, bool isDeep)
    {
        int single = StagedFetch.CountOf(Lanes, StepDepth, tile, isDeep, 1);
        return Width == 1 || !Four.Divides(isDeep ? StepDepth : tile) ? single : Math.Max(single, StagedFetch.CountOf(Lanes, StepDepth, tile, isDeep, Width));
    }
}
