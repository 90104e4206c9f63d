using System.Collections.Immutable;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates.Winograd;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>
/// Winograd convolution on devices of groups and lanes, in AutoTVM's space of "conv2d_nchw_winograd.cuda", index for index, for the tile that AutoTVM takes:
/// 4x4 outputs where 8 divides the rows of the input, else 2x2.
/// </summary>
/// <param name="outputs">Output rows and columns of an image tile: 2 or 4.</param>
internal sealed unsafe class TransformTemplate(int outputs) : IRankedTemplate
{
    private const int MaxInner = 8;

    public string Name { get; } = $"gpu-winograd{outputs}";

    public int Version => 1;

    public bool HasSeveralPhases => true;

    public bool Applies(Workload workload, KernelTarget target) =>
        target.Groups is not null && workload is ConvolutionWorkload w && new TileGrid(w, outputs).IsEligible;

    public Space CreateSpace(Workload workload, KernelTarget target)
    {
        var w = (ConvolutionWorkload)workload;
        GroupLimits limits = target.Groups!;
        return new Space(
            TransformPlan.Knobs(w, outputs),
            point => TransformPlan.Of(w, outputs, point).Fits(limits),
            point => TransformPlan.Of(w, outputs, point).Features.ToArray(limits.Width));
    }

    // The first point has one lane and one product at a time: it fits everywhere.
    public IEnumerable<Suggestion> Promising(Workload workload, Space space, KernelTarget target)
    {
        var w = (ConvolutionWorkload)workload;
        GroupLimits limits = SuggestedGroups.Of(target.Groups!);
        int[] depths = [.. Enumerable.Range(0, space.Knobs[3].Count).Where(entity => space.Knobs[3].Entities[entity][1] <= MaxInner)];
        var found =
            from y in Tiles(space.Knobs[1])
            from x in Tiles(space.Knobs[2])
            where space.Knobs[1].Entities[y][2] * space.Knobs[2].Entities[x][2] <= limits.MaxLanes
            from depth in depths
            let plan = new TransformPlan(w, outputs, space.Knobs[1].Entities[y], space.Knobs[2].Entities[x], space.Knobs[3].Entities[depth])
            where plan.Fits(limits)
            select new Suggestion(space.Encode([0, y, x, depth, 1, 1]), plan.Cost(limits.Width));
        return found.OrderBy(suggestion => suggestion.Cycles).ThenBy(suggestion => suggestion.Index);
    }

    public KernelSource Build(Workload workload, Configuration configuration, KernelSignature signature, KernelTarget target) =>
        TransformProgram.Build(TransformPlan.Of((ConvolutionWorkload)workload, outputs, configuration), signature, target.Groups!);

    public long PackedCount(Workload workload, Configuration configuration)
    {
        var w = (ConvolutionWorkload)workload;
        return (long)new TileGrid(w, outputs).Points * w.InChannels * w.OutChannels;
    }

    public string PackedForm(Workload workload, Configuration configuration) =>
        $"{Name}/{TransformPlan.Of((ConvolutionWorkload)workload, outputs, configuration).Shape.Rows.Tile}";

    public PackingWork Pack(Workload workload, Configuration configuration, WeightOperand weights, float* target)
    {
        var w = (ConvolutionWorkload)workload;
        int width = TransformPlan.Of(w, outputs, configuration).Shape.Rows.Tile;
        return WinogradWeights.Pack(w, WinogradTransform.Weights(outputs, w.KernelHeight, 1), width, weights.Source, target);
    }

    public long ExecutedFlops(Workload workload, Configuration configuration) =>
        (long)(2 * TransformPlan.Of((ConvolutionWorkload)workload, outputs, configuration).Products);

    private static ImmutableArray<int> Tiles(Knob knob) =>
        [.. Enumerable.Range(0, knob.Count).Where(entity => knob.Entities[entity] is [_, 1, _, <= MaxInner])];
}
