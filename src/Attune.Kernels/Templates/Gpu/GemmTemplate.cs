using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates.Gpu.Staged;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>
/// Convolutions and matrix products as tiled products of matrices, on devices of groups and lanes. Tiles need not divide the result, so layers of 7x7 and of
/// prime extents have as many configurations as others; slices of the depth give small results enough lanes.
/// </summary>
internal sealed unsafe class GemmTemplate : IRankedTemplate
{
    public string Name => "gpu-gemm";

    public int Version => 2;

    public bool Applies(Workload workload, KernelTarget target) =>
        target.Groups is not null && workload is ConvolutionWorkload { Lanes: 1, IsDepthwise: false, IsTransposed: false } w && GpuWeights.CanRead(w);

    public Space CreateSpace(Workload workload, KernelTarget target)
    {
        var w = (ConvolutionWorkload)workload;
        GroupLimits limits = target.Groups!;
        return new Space(
            GemmKnobs.All,
            point => Plan(w, point).Fits(limits),
            point => Plan(w, point).Features.ToArray(limits.Width));
    }

    // The first point has one lane and one output at a time: it fits everywhere.
    public IEnumerable<Suggestion> Promising(Workload workload, Space space, KernelTarget target)
    {
        var w = (ConvolutionWorkload)workload;
        return GemmPlan.Promising(ProductExtent.Of(w), Basis(w), target.Groups!)
            .Select(one => new Suggestion(GemmKnobs.IndexOf(space, one.Positions), one.Cost));
    }

    public KernelSource Build(Workload workload, Configuration configuration, KernelSignature signature, KernelTarget target)
    {
        var w = (ConvolutionWorkload)workload;
        return KernelSource.Of((GemmProgram.Build(w, Plan(w, configuration), signature), 1));
    }

    public WeightFormat FormatOf(Workload workload, Configuration configuration) => ((ConvolutionWorkload)workload).Weights;

    public long PackedCount(Workload workload, Configuration configuration) => GpuWeights.Count((ConvolutionWorkload)workload);

    public string PackedForm(Workload workload, Configuration configuration) => "depth-major";

    public PackingWork Pack(Workload workload, Configuration configuration, WeightOperand weights, float* target)
    {
        var w = (ConvolutionWorkload)workload;
        return GpuWeights.Pack(w, w.GroupOutChannels, weights, target);
    }

    public long ExecutedFlops(Workload workload, Configuration configuration) => (long)(2 * Plan((ConvolutionWorkload)workload, configuration).Products);

    private static GemmPlan Plan(ConvolutionWorkload w, Configuration point) => new(ProductExtent.Of(w), GemmKnobs.Shape(point, Basis(w)));

    // Activations in rows lie along what is summed over.
    private static StagedShape Basis(ConvolutionWorkload w) => new(default, default, 1) { IsLeftDeep = w.IsDense };
}
