using System.Collections.Immutable;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates.Direct;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>AutoTVM's templates for CUDA, direct and depthwise, with its spaces index for index (tuning.md 1.3), on every device of groups and lanes.</summary>
/// <param name="isDepthwise">Depthwise convolutions; else convolutions of one group and matrix products.</param>
internal sealed unsafe class TiledTemplate(bool isDepthwise) : ITemplate
{
    private const int Suggested = 8;
    private const int MaxInner = 8;
    private const int MaxDepth = 16;

    public string Name => isDepthwise ? "gpu-depthwise" : "gpu-direct";

    public int Version => 1;

    public bool Applies(Workload workload, KernelTarget target) =>
        target.Groups is not null && workload is ConvolutionWorkload { Lanes: 1, Weights: WeightFormat.F32 } w
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

    public long Default(Workload workload, Space space, KernelTarget target) => Promising((ConvolutionWorkload)workload, space, target).First().Index;

    public IEnumerable<Suggestion> Suggest(Workload workload, Space space, KernelTarget target, int threads) =>
        Promising((ConvolutionWorkload)workload, space, target).Take(Suggested);

    public KernelSource Build(Workload workload, Configuration configuration, KernelSignature signature, KernelTarget target)
    {
        var w = (ConvolutionWorkload)workload;
        return KernelSource.Of((TiledProgram.Build(w, new TiledPlan(w, configuration), signature), 1));
    }

    public long PackedCount(Workload workload, Configuration configuration) => ((ConvolutionWorkload)workload).WeightCount;

    public string PackedForm(Workload workload, Configuration configuration) => "planar";

    public PackingWork Pack(Workload workload, Configuration configuration, WeightOperand weights, float* target) =>
        DirectWeights.Pack((ConvolutionWorkload)workload, 1, weights.Widened(), target);

    /// <summary>
    /// Valid points by a rough cost, the cheapest first: no virtual lanes, few outputs of a lane along each axis, whole kernels and a few channels at a time.
    /// The point of single lanes and single outputs is among them, and valid on every device.
    /// </summary>
    private static IEnumerable<Suggestion> Promising(ConvolutionWorkload w, Space space, KernelTarget target)
    {
        int[][] choices = [.. space.Knobs.Select(Choices)];
        var found = new List<Suggestion>();
        int[] vector = new int[choices.Length];
        Visit(0);
        return found.OrderBy(suggestion => suggestion.Cycles).ThenBy(suggestion => suggestion.Index);

        void Visit(int knob)
        {
            if (knob == vector.Length)
            {
                long index = space.Encode(vector);
                var plan = new TiledPlan(w, space[index]);
                if (plan.Fits(target.Groups!))
                {
                    found.Add(new Suggestion(index, plan.Features.Cost(w.Flops / 2.0, target.Groups!.Width)));
                }

                return;
            }

            foreach (int entity in choices[knob])
            {
                vector[knob] = entity;
                Visit(knob + 1);
            }
        }
    }

    private static int[] Choices(Knob knob) => knob.Name switch
    {
        AutoTvmKnobs.UnrollStep => [1],
        AutoTvmKnobs.UnrollExplicit => [1],
        "tile_ry" or "tile_rx" => [knob.Count - 1],
        "tile_rc" => [.. Where(knob, split => split[1] <= MaxDepth && (split[1] > 1 || split[0] == 1)).DefaultIfEmpty(0)],
        _ => [.. Where(knob, split => split[1] == 1 && split[3] <= MaxInner && (split[2] == 1 || split[2] <= 64))],
    };

    private static IEnumerable<int> Where(Knob knob, Func<ImmutableArray<int>, bool> holds) =>
        Enumerable.Range(0, knob.Count).Where(entity => holds(knob.Entities[entity]));
}
