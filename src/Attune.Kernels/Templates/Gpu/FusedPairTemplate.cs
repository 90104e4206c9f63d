using Attune.Kernels.Loops;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates.Direct;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>
/// A depthwise convolution and the pointwise one after it in one kernel, on devices of groups and lanes: what lies between never leaves a group.
/// </summary>
internal sealed unsafe class FusedPairTemplate : IRankedTemplate
{
    public string Name => "gpu-depthwise-pointwise";

    public int Version => 1;

    public bool Applies(Workload workload, KernelTarget target) => target.Groups is not null && workload is PairWorkload { Lanes: 1 };

    public Space CreateSpace(Workload workload, KernelTarget target)
    {
        var pair = (PairWorkload)workload;
        GroupLimits limits = target.Groups!;
        return new Space(
            GemmKnobs.All,
            point => FusedPairPlan.Of(pair, point).Product.Fits(limits),
            point => FusedPairPlan.Of(pair, point).Features.ToArray(limits.Width));
    }

    // The first point has one lane and one output at a time: it fits everywhere.
    public IEnumerable<Suggestion> Promising(Workload workload, Space space, KernelTarget target) =>
        FusedPairPlan.Promising((PairWorkload)workload, space, target.Groups!);

    public KernelSource Build(Workload workload, Configuration configuration, KernelSignature signature, KernelTarget target)
    {
        FusedPairPlan plan = FusedPairPlan.Of((PairWorkload)workload, configuration);
        return KernelSource.Of((FusedPairProgram.Build(plan, signature), 1));
    }

    public long PackedCount(Workload workload, Configuration configuration)
    {
        var pair = (PairWorkload)workload;
        return DepthwiseFloats(pair) + pair.Second.WeightCount;
    }

    public string PackedForm(Workload workload, Configuration configuration) => "planar, then depth-major";

    public PackingWork Pack(Workload workload, Configuration configuration, WeightOperand weights, float* target)
    {
        var pair = (PairWorkload)workload;
        int room = DepthwiseFloats(pair);
        PackingWork after = DirectWeights.Pack(pair.Second, pair.Second.OutChannels, weights, target + room);
        return new PackingWork(after.Units + 1, (unit, slab) =>
        {
            if (unit > 0)
            {
                after.Run(unit - 1, slab);
                return;
            }

            var to = new Span<float>(target, room);
            weights.Before!.Value.ToArray().CopyTo(to);
            to[(int)pair.First.WeightCount..].Clear();
        });
    }

    public long ExecutedFlops(Workload workload, Configuration configuration) => (long)(2 * FusedPairPlan.Of((PairWorkload)workload, configuration).Products);

    /// <summary>Room for the weights of the depthwise convolution: those of the other one begin at a multiple of four.</summary>
    /// <param name="pair">The two convolutions.</param>
    internal static int DepthwiseFloats(PairWorkload pair) => checked((int)((pair.First.WeightCount + Four.Width - 1) / Four.Width * Four.Width));
}
