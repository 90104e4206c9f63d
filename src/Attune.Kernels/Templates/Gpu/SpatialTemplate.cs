using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates.Direct;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>
/// AutoTVM's templates for Mali, direct ("conv2d_nchw_spatial_pack.mali") and depthwise ("depthwise_conv2d_nchw.mali"), with its spaces index for index, on
/// every OpenCL device: groups share no memory. Outputs of a lane whose loop is annotated "none" are computed one after the other, others are held in registers
/// together; "vec" moves four neighbours at once where they lie so.
/// </summary>
/// <param name="isDepthwise">Depthwise convolutions; else convolutions of one group.</param>
internal sealed unsafe class SpatialTemplate(bool isDepthwise) : IRankedTemplate
{
    /// <summary>Before the names of knobs of depthwise convolutions: the template for CUDA has knobs of the same names and other factors.</summary>
    internal const string DepthwisePrefix = "spatial_";

    private const int MaxChannels = 16;
    private const int MaxRows = 4;
    private const int MaxColumns = 8;
    private const int MaxTileLanes = 64;

    /// <inheritdoc/>
    public string Name => isDepthwise ? "gpu-spatial-depthwise" : "gpu-spatial";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public bool Applies(Workload workload, KernelTarget target) =>
        target is { Kind: TargetKind.OpenCl, Groups: not null }
        && workload is ConvolutionWorkload { Lanes: 1, Weights: WeightFormat.F32, IsDense: false, IsTransposed: false } w
        && (isDepthwise ? w.IsDepthwise : w.Groups == 1 && !w.IsDepthwise);

    /// <inheritdoc/>
    public Space CreateSpace(Workload workload, KernelTarget target)
    {
        var w = (ConvolutionWorkload)workload;
        GroupLimits limits = target.Groups!;
        return new Space(
            isDepthwise ? [.. AutoTvmKnobs.MaliDepthwise(w).Select(knob => knob.Named($"{DepthwisePrefix}{knob.Name}"))] : AutoTvmKnobs.MaliDirect(w),
            point => SpatialPlan.Of(w, point).Fits(limits),
            point => SpatialPlan.Of(w, point).Features.ToArray(limits.Width));
    }

    /// <summary>Valid points by a rough cost, the cheapest first: few outputs of a lane along each axis, all of them in registers.</summary>
    public IEnumerable<Suggestion> Promising(Workload workload, Space space, KernelTarget target)
    {
        // The first point has one lane and one output of it: it fits everywhere.
        var w = (ConvolutionWorkload)workload;
        GroupLimits limits = SuggestedGroups.Of(target.Groups!);
        var found = new List<Suggestion>();
        foreach (int c in Tiles(space.Knobs[0], MaxChannels))
        {
            foreach (int y in Tiles(space.Knobs[1], MaxRows))
            {
                foreach (int x in Tiles(space.Knobs[2], MaxColumns))
                {
                    long lanes = (long)space.Knobs[0].Entities[c][1] * space.Knobs[1].Entities[y][1] * space.Knobs[2].Entities[x][1];
                    if (lanes <= limits.MaxLanes && IndexOf(w, space, c, y, x) is var index && SpatialPlan.Of(w, space[index]) is var plan && plan.Fits(limits))
                    {
                        found.Add(new Suggestion(index, plan.Features.Cost(w.Flops / 2.0, limits.Width)));
                    }
                }
            }
        }

        return found.OrderBy(suggestion => suggestion.Cycles).ThenBy(suggestion => suggestion.Index);
    }

    /// <inheritdoc/>
    public KernelSource Build(Workload workload, Configuration configuration, KernelSignature signature, KernelTarget target)
    {
        var w = (ConvolutionWorkload)workload;
        return KernelSource.Of((SpatialProgram.Build(w, SpatialPlan.Of(w, configuration), signature), 1));
    }

    /// <inheritdoc/>
    public long PackedCount(Workload workload, Configuration configuration) => ((ConvolutionWorkload)workload).WeightCount;

    /// <inheritdoc/>
    public string PackedForm(Workload workload, Configuration configuration) => isDepthwise ? "planar" : $"{Name}/{ChannelsOf(configuration)}";

    /// <inheritdoc/>
    public PackingWork Pack(Workload workload, Configuration configuration, WeightOperand weights, float* target) =>
        DirectWeights.Pack((ConvolutionWorkload)workload, isDepthwise ? 1 : ChannelsOf(configuration), weights.Widened(), target);

    private static int ChannelsOf(Configuration configuration) => configuration.Tuple("tile_co")[2];

    // Channels in vectors where there are such, all else written out but the rows of a kernel.
    private long IndexOf(ConvolutionWorkload w, Space space, int c, int y, int x)
    {
        Knob spatial = space.Knobs[^1];
        int channels = space.Knobs[0].Entities[c][2];
        string word = !isDepthwise && channels is 4 or 8 or 16 ? "vec" : "unroll";
        return isDepthwise
            ? space.Encode([c, y, x, spatial.IndexOf("unroll-unroll-unroll")])
            : space.Encode(
            [
                c, y, x, 0, space.Knobs[4].IndexOf(w.KernelWidth <= SpatialAxis.MaxUnrolled ? "none-unroll" : "none-none"),
                spatial.IndexOf($"unroll-unroll-{word}"),
            ]);
    }

    private static IEnumerable<int> Tiles(Knob knob, int own) =>
        Enumerable.Range(0, knob.Count).Where(entity => knob.Entities[entity] is [_, <= MaxTileLanes, var each] && each <= own);
}
