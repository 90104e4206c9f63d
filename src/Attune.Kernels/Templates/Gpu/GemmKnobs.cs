using System.Collections.Immutable;
using Attune.Kernels.Spaces;
using Attune.Kernels.Templates.Gpu.Staged;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>The knobs of templates that are tiled products of matrices.</summary>
internal static class GemmKnobs
{
    /// <summary>Lanes of a group along the rows of its result.</summary>
    public const string RowLanes = "row_lanes";

    /// <summary>Lanes of a group along the columns.</summary>
    public const string ColumnLanes = "column_lanes";

    /// <summary>Rows of a lane.</summary>
    public const string Rows = "rows";

    /// <summary>Columns of a lane.</summary>
    public const string Columns = "columns";

    private const string Depth = "depth";
    private const string Slices = "slices";
    private const string Ahead = "ahead";
    private const string Order = "column_order";
    private const string Beside = "beside";
    private const string Apart = "apart";
    private const string Width = "vector_width";

    /// <summary>All of them, in the order of a space.</summary>
    public static ImmutableArray<Knob> All { get; } =
    [
        Knob.Scale(RowLanes, GemmPlan.RowLanes),
        Knob.Scale(ColumnLanes, GemmPlan.ColumnLanes),
        Knob.Scale(Rows, GemmPlan.Each),
        Knob.Scale(Columns, GemmPlan.Each),
        Knob.Scale(Depth, GemmPlan.Depths),
        Knob.Scale(Slices, GemmPlan.Slices),
        Knob.Flag(Ahead),
        Knob.Choice(Order, Beside, Apart),
        .. AutoTvmKnobs.Unrolling(0, SuggestedGroups.Unroll, 1500),
        Knob.Scale(Width, GemmPlan.Widths),
    ];

    /// <summary>What a group computes at a point.</summary>
    /// <param name="point">A point of a space of these knobs.</param>
    /// <param name="basis">Which operands are read along their depth.</param>
    public static StagedShape Shape(Configuration point, StagedShape basis)
    {
        int columns = point.Value(Columns);
        int lanes = point.Value(ColumnLanes);
        int width = point.Value(Width);
        return basis with
        {
            Rows = new LaneSplit(1, point.Value(RowLanes), point.Value(Rows)),
            Columns = point.Label(Order) == Apart ? GemmPlan.Apart(lanes, columns, width) : new LaneSplit(1, lanes, columns),
            Width = width,
            Depth = point.Value(Depth),
            Slices = point.Value(Slices),
            IsAhead = point.IsOn(Ahead),
            Unroll = point.Value(AutoTvmKnobs.UnrollStep),
            IsExplicit = point.IsOn(AutoTvmKnobs.UnrollExplicit),
        };
    }

    /// <summary>The point of a plan that <see cref="GemmPlan.Promising"/> found.</summary>
    /// <param name="space">A space of these knobs.</param>
    /// <param name="positions">Positions of the plan in its lists.</param>
    public static long IndexOf(Space space, int[] positions) =>
        space.Encode([.. positions[..^1], 1, space.Knobs[space.PositionOf(Order)].IndexOf(Apart), 1, 1, positions[^1]]);
}
