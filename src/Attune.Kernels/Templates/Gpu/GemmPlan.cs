using System.Numerics;
using Attune.Kernels.Loops;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates.Gpu.Staged;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>The numbers that follow from matrix products and the shape of a group; shared by validity test, features, cost and code.</summary>
/// <param name="Extent">The products.</param>
/// <param name="Shape">What a group computes.</param>
internal sealed record GemmPlan(ProductExtent Extent, StagedShape Shape)
{
    private const int MaxFetched = 32;

    /// <summary>Lanes along the rows of a group's result.</summary>
    public static int[] RowLanes { get; } = [1, 2, 4, 8, 16, 32];

    /// <summary>Lanes along the columns.</summary>
    public static int[] ColumnLanes { get; } = [1, 2, 4, 8, 16, 32, 64];

    /// <summary>Rows, and columns, of a lane.</summary>
    public static int[] Each { get; } = [1, 2, 4, 8];

    /// <summary>What a lane sums over between two waits.</summary>
    public static int[] Depths { get; } = [4, 8, 16, 32];

    /// <summary>Slices of the depth.</summary>
    public static int[] Slices { get; } = [1, 2, 4, 8, 16];

    /// <summary>Numbers that are loaded and stored at once.</summary>
    public static int[] Widths { get; } = [1, Four.Width];

    /// <summary>Groups along the rows.</summary>
    public int RowGroups => Groups(Extent.Rows, Shape.Rows.Tile);

    /// <summary>Groups along the columns.</summary>
    public int ColumnGroups => Groups(Extent.Columns, Shape.Columns.Tile);

    /// <summary>Multiply-adds that are executed, those past the edges of the result and of the depth included.</summary>
    public double Products =>
        (double)Extent.Count * RowGroups * Shape.Rows.Tile * ColumnGroups * Shape.Columns.Tile * Steps * Shape.StepDepth;

    /// <summary>What decides its speed.</summary>
    public GpuFeatures Features => new()
    {
        Lanes = Shape.Lanes,
        Groups = (long)Extent.Count * RowGroups * ColumnGroups,
        Sums = Shape.Sums,
        LoadsPerProduct = Shape.LoadsPerProduct,
        SharedBytes = sizeof(float) * Shape.MemoryFloats,
        GlobalBytes = (double)sizeof(float) * Extent.Count * RowGroups * ColumnGroups * Steps * Shape.StepDepth * (Shape.Rows.Tile + Shape.Columns.Tile),
        Body = Shape.Body,
    };

    /// <summary>Elements of the right operand that all groups together bring into their memories.</summary>
    public double RightElements => (double)Extent.Count * RowGroups * ColumnGroups * Shape.Columns.Tile * Steps * Shape.StepDepth;

    /// <summary>Multiply-adds that all groups could do while they wait and add up their slices: a rough guess.</summary>
    public double Overhead => (double)Extent.Count * RowGroups * ColumnGroups * Shape.Overhead(Steps);

    private int Steps => Groups(Extent.Depth, Shape.StepDepth);

    /// <summary>A rough cost, comparable among plans of the same products.</summary>
    /// <param name="width">Lanes that run in step.</param>
    public double Cost(int width) => Features.Cost(Products + Overhead, width);

    /// <summary>True when a device can launch it and no tile is more than twice as large as what there is.</summary>
    /// <param name="limits">Limits of the device.</param>
    public bool Fits(GroupLimits limits) =>
        Shape.Fits(limits)
        && Shape.Rows.Tile <= Covering(Extent.Rows) && Shape.Columns.Tile <= Covering(Extent.Columns)
        && Shape.StepDepth <= Math.Max(Depths[0], Covering(Extent.Depth))
        && (!Shape.IsAhead || Shape.Fetched <= MaxFetched);

    /// <summary>
    /// Plans by a rough cost, the cheapest first, each with the positions of its lanes, places, depth, slices and width in the lists above: fetched ahead, a
    /// lane's columns apart, four numbers at once where a lane has as many, written out where that is short. None where nothing but single lanes fits.
    /// </summary>
    /// <param name="extent">The products.</param>
    /// <param name="basis">Which operands are read along their depth.</param>
    /// <param name="limits">Limits of the device.</param>
    public static IEnumerable<(GemmPlan Plan, int[] Positions, double Cost)> Promising(ProductExtent extent, StagedShape basis, GroupLimits limits)
    {
        GroupLimits narrow = SuggestedGroups.Of(limits);
        var found =
            from y in Enumerable.Range(0, RowLanes.Length)
            from x in Enumerable.Range(0, ColumnLanes.Length)
            where RowLanes[y] * ColumnLanes[x] <= narrow.MaxLanes
            from slices in Enumerable.Range(0, Slices.Length)
            where RowLanes[y] * ColumnLanes[x] * Slices[slices] <= narrow.MaxLanes
            from r in Enumerable.Range(0, Each.Length)
            from c in Enumerable.Range(0, Each.Length)
            from depth in Enumerable.Range(0, Depths.Length)
            let width = Four.Divides(Each[r]) || Four.Divides(Each[c]) ? Widths.Length - 1 : 0
            let shape = basis with
            {
                Rows = new LaneSplit(1, RowLanes[y], Each[r]),
                Columns = Apart(ColumnLanes[x], Each[c], Widths[width]),
                Width = Widths[width],
                Depth = Depths[depth],
                Slices = Slices[slices],
                IsAhead = true,
                Unroll = SuggestedGroups.Unroll,
                IsExplicit = true,
            }
            let plan = new GemmPlan(extent, shape)
            where plan.Fits(narrow)
            select (Plan: plan, Positions: new[] { y, x, r, c, depth, slices, width }, Cost: plan.Cost(limits.Width));
        return found.OrderBy(one => one.Cost);
    }

    /// <summary>Columns of a lane as far from each other as possible: in pieces of what is loaded at once.</summary>
    /// <param name="lanes">Lanes.</param>
    /// <param name="each">Columns of a lane.</param>
    /// <param name="width">Numbers that are loaded at once.</param>
    public static LaneSplit Apart(int lanes, int each, int width)
    {
        int beside = each % width == 0 ? width : 1;
        return new LaneSplit(each / beside, lanes, beside);
    }

    private static int Groups(int extent, int tile) => (extent + tile - 1) / tile;

    private static int Covering(int extent) => (int)BitOperations.RoundUpToPowerOf2((uint)extent);
}
