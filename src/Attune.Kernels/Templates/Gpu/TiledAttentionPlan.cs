using System.Numerics;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>The numbers that follow from an attention and the shape of a group; shared by choice and code.</summary>
/// <param name="Workload">The attention.</param>
/// <param name="RowLanes">Lanes along the queries of a group.</param>
/// <param name="ColumnLanes">Lanes along its keys, and along the elements of its values.</param>
/// <param name="Rows">Queries of a lane.</param>
/// <param name="Columns">Keys of a lane in a tile.</param>
internal sealed record TiledAttentionPlan(AttentionWorkload Workload, int RowLanes, int ColumnLanes, int Rows, int Columns)
{
    private const int MaxSums = 96;

    // Multiply-adds of a lane that take as long as a wait, and waits of a tile.
    private const double WaitProducts = 16;
    private const int Waits = 4;

    /// <summary>Lanes of a group.</summary>
    public int Lanes => RowLanes * ColumnLanes;

    /// <summary>Queries of a group.</summary>
    public int Queries => RowLanes * Rows;

    /// <summary>Keys of a tile.</summary>
    public int Keys => ColumnLanes * Columns;

    /// <summary>Elements of a value that a lane sums up.</summary>
    public int Elements => (Workload.ValueSize + ColumnLanes - 1) / ColumnLanes;

    /// <summary>Groups of a head.</summary>
    public int Groups => (Workload.Queries + Queries - 1) / Queries;

    /// <summary>Tiles of keys.</summary>
    public int Tiles => (Workload.Keys + Keys - 1) / Keys;

    /// <summary>From one query, or key, to the next in the group's memory: odd, so that lanes meet different banks.</summary>
    public int Pitch => Workload.Size | 1;

    /// <summary>From one value to the next.</summary>
    public int ValuePitch => Elements * ColumnLanes;

    /// <summary>From the weights of one query to those of the next.</summary>
    public int WeightPitch => Keys | 1;

    /// <summary>Keys of a tile, and later its values: they take turns, floats.</summary>
    public int TileFloats => Keys * Math.Max(Pitch, ValuePitch);

    private long SharedBytes => sizeof(float) * (((long)Queries * (Pitch + WeightPitch + ColumnLanes)) + TileFloats);

    private int Sums => Rows * (Columns + Elements);

    /// <summary>The plan of the lowest rough cost that a device can launch; null where there is none.</summary>
    /// <param name="w">The attention.</param>
    /// <param name="limits">Limits of the device.</param>
    public static TiledAttentionPlan? Of(AttentionWorkload w, GroupLimits limits)
    {
        GroupLimits narrow = SuggestedGroups.Of(limits);
        return (
            from rowLanes in new[] { 1, 2, 4, 8, 16, 32 }
            from columnLanes in new[] { 1, 2, 4, 8, 16 }
            from rows in new[] { 1, 2, 4 }
            from columns in new[] { 1, 2, 4 }
            let plan = new TiledAttentionPlan(w, rowLanes, columnLanes, rows, columns)
            where plan.Fits(narrow)
            orderby plan.Cost(limits.Width)
            select plan).FirstOrDefault();
    }

    private bool Fits(GroupLimits limits) =>
        Lanes <= limits.MaxLanes && ColumnLanes <= limits.MaxLanesX && RowLanes <= limits.MaxLanesY && SharedBytes <= limits.LocalBytes && Sums <= MaxSums
        && Queries <= Covering(Workload.Queries) && Keys <= Covering(Workload.Keys) && ColumnLanes <= Covering(Workload.ValueSize);

    private double Cost(int width)
    {
        long groups = (long)Workload.Batch * Workload.Heads * Groups;
        double scores = (double)groups * Queries * Tiles * Keys * Workload.Size;
        double sums = (double)groups * Queries * Tiles * Keys * ValuePitch;
        double loads = (scores * (Rows + Columns) / (Rows * Columns)) + (sums * (Rows + Elements) / (Rows * Elements));
        var features = new GpuFeatures
        {
            Lanes = Lanes,
            Groups = groups,
            Sums = Sums,
            LoadsPerProduct = loads / (scores + sums),
            SharedBytes = SharedBytes,
            GlobalBytes = (double)sizeof(float) * groups * ((Queries * Workload.Size) + (Tiles * Keys * (double)(Workload.Size + Workload.ValueSize))),
            Body = Sums,
        };
        return features.Cost(scores + sums + (groups * (double)Tiles * Lanes * Waits * WaitProducts), width);
    }

    private static int Covering(int extent) => (int)BitOperations.RoundUpToPowerOf2((uint)extent);
}
