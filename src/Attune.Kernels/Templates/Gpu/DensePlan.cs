using System.Numerics;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>The numbers that follow from a matrix product of few rows and a configuration; shared by validity test, features, cost and code.</summary>
/// <param name="Workload">The product.</param>
/// <param name="Steps">Inputs that a lane sums over.</param>
/// <param name="Lanes">Lanes of a group, which share the inputs of its sums.</param>
/// <param name="Outputs">Outputs of a group in each row.</param>
/// <param name="Rows">Rows of a group.</param>
/// <param name="Width">Inputs, and weights, that are loaded at once: 1 or 4.</param>
internal sealed record DensePlan(ConvolutionWorkload Workload, int Steps, int Lanes, int Outputs, int Rows, int Width)
{
    // More sums of a lane than this, and their memory or registers run out before anything is gained.
    private const int MaxSums = 64;

    /// <summary>The plan of a point.</summary>
    public static DensePlan Of(ConvolutionWorkload w, Configuration point)
    {
        var depth = point.Tuple("tile_k");
        return new DensePlan(w, depth[0], depth[1], point.Value(DenseTemplate.Outputs), point.Value(DenseTemplate.Rows), point.Value(DenseTemplate.Width));
    }

    /// <summary>Sums of a group, and of each lane a part of every one.</summary>
    public int Sums => Outputs * Rows;

    /// <summary>Groups along the outputs.</summary>
    public int OutputGroups => (Workload.OutChannels + Outputs - 1) / Outputs;

    /// <summary>Groups along the rows.</summary>
    public int RowGroups => (Workload.OutWidth + Rows - 1) / Rows;

    /// <summary>Memory of a group, floats.</summary>
    public long MemoryFloats => (long)Sums * Lanes;

    /// <summary>Multiply-adds that are executed, and as many again as the sums of the lanes take to be added.</summary>
    public double Products => (double)OutputGroups * RowGroups * Sums * Lanes * (Steps + BitOperations.Log2((uint)Lanes) + 1);

    /// <summary>What decides its speed.</summary>
    public GpuFeatures Features => new()
    {
        Lanes = Lanes,
        Groups = (long)OutputGroups * RowGroups,
        Sums = Sums,
        LoadsPerProduct = (double)(Outputs + Rows) / (Sums * Width),
        SharedBytes = sizeof(float) * MemoryFloats,
        GlobalBytes = (double)sizeof(float) * OutputGroups * RowGroups * Steps * Lanes * (Outputs + Rows),
        Body = Sums * Width,
    };

    /// <summary>True when a device can launch it and no group has more than twice the outputs or rows that there are.</summary>
    /// <param name="limits">Limits of the device.</param>
    public bool Fits(GroupLimits limits) =>
        Steps % Width == 0
        && Lanes <= limits.MaxLanes && Lanes <= limits.MaxLanesX && Sums <= MaxSums && sizeof(float) * MemoryFloats <= limits.LocalBytes
        && Outputs <= Covering(Workload.OutChannels) && Rows <= Covering(Workload.OutWidth);

    private static int Covering(int extent) => (int)BitOperations.RoundUpToPowerOf2((uint)extent);
}
