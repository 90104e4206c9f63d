using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates.Direct;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>AutoTVM's templates for CUDA, direct and depthwise, with its spaces index for index (tuning.md 1.3), on every device of groups and lanes.</summary>
/// <param name="isDepthwise">Depthwise convolutions; else convolutions of one group and matrix products.</param>
internal sealed unsafe class TiledTemplate(bool isDepthwise) : IRankedTemplate
{
    private const int MaxInner = 8;
    private const int MaxDepth = 16;
    private const int MaxTileLanes = 64;

    public string Name => isDepthwise ? "gpu-depthwise" : "gpu-direct";

    public int Version => 1;

    public bool Applies(Workload workload, KernelTarget target) =>
        target.Groups is not null && workload is ConvolutionWorkload { Lanes: 1, Weights: WeightFormat.F32, IsTransposed: false } w
        && (isDepthwise ? w.IsDepthwise : w.Groups == 1 && !w.IsDepthwise);

    public Space CreateSpace(Workload workload, KernelTarget target)
    {
        var w = (ConvolutionWorkload)workload;
        GroupLimits limits = target.Groups!;
        return new Space(
            isDepthwise ? AutoTvmKnobs.CudaDepthwise(w) : AutoTvmKnobs.CudaDirect(w),
            point => new TiledPlan(w, point).Fits(limits),
            point => new TiledPlan(w, point).Features.ToArray(limits.Width));
    }

    /// <summary>
    /// Valid points by a rough cost, the cheapest first: no virtual lanes, few outputs of a lane along each axis, whole kernels, and as many channels at a time
    /// as fit. None where a whole kernel does not fit.
    /// </summary>
    public IEnumerable<Suggestion> Promising(Workload workload, Space space, KernelTarget target)
    {
        // The first point has one lane, one output and one tap at a time: it fits everywhere, also where a whole kernel does not.
        var w = (ConvolutionWorkload)workload;
        GroupLimits limits = SuggestedGroups.Of(target.Groups!);
        int[][] tiles = [.. space.Knobs.Take(3).Select(Tiles)];
        int[] depths = isDepthwise ? [0] : [.. Depths(space.Knobs[3])];
        var found = new List<Suggestion>();
        foreach (int f in tiles[0])
        {
            foreach (int y in tiles[1])
            {
                foreach (int x in tiles[2])
                {
                    var tile = (F: space.Knobs[0].Entities[f], Y: space.Knobs[1].Entities[y], X: space.Knobs[2].Entities[x]);
                    bool small = (long)tile.F[2] * tile.Y[2] * tile.X[2] <= limits.MaxLanes && (long)tile.F[3] * tile.Y[3] * tile.X[3] <= TiledPlan.MaxSums;
                    foreach (int depth in small ? depths : [])
                    {
                        var plan = new TiledPlan(w, tile, isDepthwise ? [1, 1] : space.Knobs[3].Entities[depth], [1, w.KernelHeight], [1, w.KernelWidth]);
                        if (plan.Fits(limits))
                        {
                            int[] vector = isDepthwise ? [f, y, x, 1, 1] : [f, y, x, depth, space.Knobs[4].Count - 1, space.Knobs[5].Count - 1, 1, 1];
                            found.Add(new Suggestion(space.Encode(vector), plan.Features.Cost(w.Flops / 2.0, limits.Width)));
                            break;
                        }
                    }
                }
            }
        }

        return found.OrderBy(suggestion => suggestion.Cycles).ThenBy(suggestion => suggestion.Index);
    }

    public KernelSource Build(Workload workload, Configuration configuration, KernelSignature signature, KernelTarget target)
    {
        var w = (ConvolutionWorkload)workload;
        return KernelSource.Of((TiledProgram.Build(w, new TiledPlan(w, configuration), signature), 1));
    }

    public long PackedCount(Workload workload, Configuration configuration) => ((ConvolutionWorkload)workload).WeightCount;

    public string PackedForm(Workload workload, Configuration configuration) => "planar";

    public PackingWork Pack(Workload workload, Configuration configuration, WeightOperand weights, float* target) =>
        DirectWeights.Pack((ConvolutionWorkload)workload, 1, weights.Widened(), target);

    private static int[] Tiles(Knob knob) =>
        [.. Enumerable.Range(0, knob.Count).Where(entity => knob.Entities[entity] is [_, 1, <= MaxTileLanes, <= MaxInner])];

    // Many channels first: they need fewer barriers.
    private static IEnumerable<int> Depths(Knob knob) =>
        Enumerable.Range(0, knob.Count).Where(entity => knob.Entities[entity][1] <= MaxDepth).OrderByDescending(entity => knob.Entities[entity][1]);
}
