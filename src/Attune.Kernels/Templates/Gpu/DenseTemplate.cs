using Attune.Kernels.Loops;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>
/// Matrix products of few rows, the fully connected layers of a network that classifies one image: their time is that of reading the weights once. The first
/// knob is the whole space of AutoTVM's "dense_small_batch.cuda", so that its indices are the first ones here.
/// </summary>
internal sealed unsafe class DenseTemplate : IRankedTemplate
{
    /// <summary>Outputs of a group in each row.</summary>
    public const string Outputs = "group_outputs";

    /// <summary>Rows of a group.</summary>
    public const string Rows = "group_rows";

    /// <summary>Inputs, and weights, of a lane that are loaded at once.</summary>
    public const string Width = "vector_width";

    // AutoTVM's bound between its two templates; with more rows there is more to share than this template does.
    private const int MaxRows = 31;
    private static readonly int[] Counts = [1, 2, 4, 8, 16];

    public string Name => "gpu-dense";

    public int Version => 2;

    public bool Applies(Workload workload, KernelTarget target) =>
        target.Groups is not null
        && workload is ConvolutionWorkload { Lanes: 1, IsDense: true, Batch: 1, Height: 1, Width: <= MaxRows } w && GpuWeights.CanRead(w);

    public Space CreateSpace(Workload workload, KernelTarget target)
    {
        var w = (ConvolutionWorkload)workload;
        GroupLimits limits = target.Groups!;
        return new Space(
            [.. AutoTvmKnobs.CudaDenseSmall(w.InChannels), Knob.Scale(Outputs, Counts), Knob.Scale(Rows, Counts), Knob.Scale(Width, 1, Four.Width)],
            point => DensePlan.Of(w, point).Fits(limits),
            point => DensePlan.Of(w, point).Features.ToArray(limits.Width));
    }

    // The first point has one lane and one output: it fits everywhere.
    public IEnumerable<Suggestion> Promising(Workload workload, Space space, KernelTarget target)
    {
        var w = (ConvolutionWorkload)workload;
        GroupLimits limits = SuggestedGroups.Of(target.Groups!);
        return Enumerable.Range(0, checked((int)space.Count))
            .Select(index => (Index: index, Plan: DensePlan.Of(w, space[index])))
            .Where(one => one.Plan.Fits(limits))
            .Select(one => new Suggestion(one.Index, one.Plan.Features.Cost(one.Plan.Products, limits.Width)))
            .OrderBy(suggestion => suggestion.Cycles).ThenBy(suggestion => suggestion.Index);
    }

    public KernelSource Build(Workload workload, Configuration configuration, KernelSignature signature, KernelTarget target)
    {
        var w = (ConvolutionWorkload)workload;
        return KernelSource.Of((DenseProgram.Build(w, DensePlan.Of(w, configuration), signature), 1));
    }

    public WeightFormat FormatOf(Workload workload, Configuration configuration) => ((ConvolutionWorkload)workload).Weights;

    public long PackedCount(Workload workload, Configuration configuration) => GpuWeights.Count((ConvolutionWorkload)workload);

    public string PackedForm(Workload workload, Configuration configuration) => "planar";

    public PackingWork Pack(Workload workload, Configuration configuration, WeightOperand weights, float* target) =>
        GpuWeights.Pack((ConvolutionWorkload)workload, 1, weights, target);

    public long ExecutedFlops(Workload workload, Configuration configuration)
    {
        DensePlan plan = DensePlan.Of((ConvolutionWorkload)workload, configuration);
        return 2L * plan.OutputGroups * plan.RowGroups * plan.Sums * plan.Lanes * plan.Steps;
    }
}
