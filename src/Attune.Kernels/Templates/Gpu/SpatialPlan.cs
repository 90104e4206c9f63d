using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>The numbers that follow from a workload and a configuration of the spatial template.</summary>
/// <param name="Workload">The convolution.</param>
/// <param name="Channels">Output channels.</param>
/// <param name="Rows">Output rows.</param>
/// <param name="Columns">Output columns.</param>
internal sealed record SpatialPlan(ConvolutionWorkload Workload, SpatialAxis Channels, SpatialAxis Rows, SpatialAxis Columns)
{
    // Longer bodies take drivers minutes.
    private const int MaxBody = 4096;

    /// <summary>The taps of a row of the kernel, and those of a column, are written out.</summary>
    public (bool Rows, bool Columns) WritesOut { get; init; }

    /// <summary>Sums of one channel follow each other in the body; else those of one place.</summary>
    public bool ChannelsFirst { get; init; }

    /// <summary>Lanes of a group.</summary>
    public long Lanes => (long)Channels.Lanes * Rows.Lanes * Columns.Lanes;

    /// <summary>Sums that a lane holds at once.</summary>
    public long Sums => (long)Channels.Held * Rows.Held * Columns.Held;

    /// <summary>Groups.</summary>
    public long Groups => (long)Workload.Batch * Channels.Split[0] * Rows.Split[0] * Columns.Split[0];

    /// <summary>Inputs that are loaded at once: those of a place serve every channel, except where each channel has its own.</summary>
    public long Pixels => (long)Rows.Held * Columns.Held * (Workload.IsDepthwise ? Channels.Held : 1);

    /// <summary>Weights come four at a time.</summary>
    public bool HasWeightFours => Channels.IsVector && !Workload.IsDepthwise && Four.Divides(Channels.Own);

    /// <summary>What decides its speed.</summary>
    public GpuFeatures Features
    {
        get
        {
            long factors = Channels.Held / (HasWeightFours ? Four.Width : 1);
            return new GpuFeatures
            {
                Lanes = Lanes,
                Groups = Groups,
                Sums = Sums,
                LoadsPerProduct = (double)(Pixels + factors) / Sums,
                SharedBytes = 0,
                GlobalBytes = sizeof(float) * (Workload.Flops / 2.0) * (Pixels + Channels.Held) / Sums,
                Body = Body,
            };
        }
    }

    private long Body => Sums * (WritesOut.Columns ? Workload.KernelWidth : 1) * (WritesOut.Rows ? Workload.KernelHeight : 1);

    /// <summary>The plan of a point of AutoTVM's space.</summary>
    public static SpatialPlan Of(ConvolutionWorkload w, Configuration point)
    {
        string prefix = w.IsDepthwise ? SpatialTemplate.DepthwisePrefix : string.Empty;
        ImmutableArray<int> spatial = point.Tuple($"{prefix}ann_spatial");
        SpatialAxis Axis(string tile, int annotation) => new(point.Tuple($"{prefix}{tile}"), spatial[annotation]);
        if (w.IsDepthwise)
        {
            return new SpatialPlan(w, Axis("tile_c", 0), Axis("tile_y", 1), Axis("tile_x", 2)) { ChannelsFirst = true };
        }

        ImmutableArray<int> reduce = point.Tuple("ann_reduce");
        return new SpatialPlan(w, Axis("tile_co", 2), Axis("tile_oh", 0), Axis("tile_ow", 1))
        {
            WritesOut = (SpatialAxis.WritesOut(reduce[0]), SpatialAxis.WritesOut(reduce[1])),
            ChannelsFirst = point.Tuple("reorder_0") is [.., 9, _, _],
        };
    }

    /// <summary>True when a device can launch it, and AutoTVM's template makes it.</summary>
    public bool Fits(GroupLimits limits) =>
        Lanes <= limits.MaxLanes && Channels.Lanes <= limits.MaxLanesZ && Rows.Lanes <= limits.MaxLanesY && Columns.Lanes <= limits.MaxLanesX
        && Channels.IsSound && Rows.IsSound && Columns.IsSound && Sums <= TiledPlan.MaxSums && Body <= MaxBody
        && (!WritesOut.Rows || Workload.KernelHeight <= SpatialAxis.MaxUnrolled)
        && (!WritesOut.Columns || Workload.KernelWidth <= SpatialAxis.MaxUnrolled);
}
