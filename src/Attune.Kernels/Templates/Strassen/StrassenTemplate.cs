using System.Collections.Immutable;
using Attune.Kernels.Partition;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates.Strassen;

/// <summary>
/// Pointwise convolutions and matrix products by Strassen's algorithm. Knobs: of "oc" the last factor counts, the register tile's channel vectors; "positions"
/// are its positions, "block" the register tiles per block of positions; "schedule" forms the sums of the input block by block (fused) or all of them first
/// (split).
/// </summary>
/// <param name="levels">Levels of recursion: 1 or 2.</param>
internal sealed unsafe class StrassenTemplate(int levels) : ITemplate
{
    public string Name { get; } = levels == 1 ? "strassen" : "strassen2";

    public int Version => 1;

    public bool HasSeveralPhases => true;

    public bool Applies(Workload workload, KernelTarget target) =>
        target.Kind == TargetKind.Cpu && workload is ConvolutionWorkload w && w.Lanes == target.Lanes && StrassenPlan.IsEligible(w, levels);

    public Space CreateSpace(Workload workload, KernelTarget target)
    {
        var w = (ConvolutionWorkload)workload;
        ImmutableArray<Knob> knobs =
        [
            Knob.Split("oc", (w.OutChannels + w.Lanes - 1) / w.Lanes, 3, e => e[2] <= target.Registers - 4),
            Knob.Scale("positions", TileSizes.Positions(w, target.Registers)),
            Knob.Scale("ic_unroll", TileSizes.Reductions(w)),
            Knob.Scale("block", [.. TileSizes.RowBlocks(w.OutHeight)]),
            Knob.Choice("schedule", "fused", "split"),
            Knob.Scale("prefetch", TileSizes.Prefetches(w)),
        ];
        return new Space(knobs, c => Plan(w, c).Admits(w, target.Registers), c => Features(w, Plan(w, c)));
    }

    public long Default(Workload workload, Space space, KernelTarget target) => space.FirstValid();

    public IEnumerable<Suggestion> Suggest(Workload workload, Space space, KernelTarget target, int threads)
    {
        var w = (ConvolutionWorkload)workload;
        return ProductCost.Best(space, target, c => Cycles(w, Plan(w, c), target, threads));
    }

    public KernelSource Build(Workload workload, Configuration configuration, KernelSignature signature, KernelTarget target)
    {
        var w = (ConvolutionWorkload)workload;
        return StrassenProgram.Build(w, Plan(w, configuration), configuration, signature);
    }

    public long PackedCount(Workload workload, Configuration configuration)
    {
        var w = (ConvolutionWorkload)workload;
        StrassenPlan plan = Plan(w, configuration);
        return (long)plan.Points * plan.ReductionBlocks * plan.ChannelBlocks * w.Lanes * w.Lanes;
    }

    public string PackedForm(Workload workload, Configuration configuration) => $"{Name}/{configuration.Tuple("oc")[2]}";

    public PackingWork Pack(Workload workload, Configuration configuration, WeightOperand weights, float* target)
    {
        var w = (ConvolutionWorkload)workload;
        WeightOperand wide = weights.Widened();
        return StrassenWeights.Pack(w, Plan(w, configuration), wide.Source, wide.ReductionMajor, target);
    }

    public long ExecutedFlops(Workload workload, Configuration configuration)
    {
        var w = (ConvolutionWorkload)workload;
        StrassenPlan plan = Plan(w, configuration);
        long positions = (long)plan.Blocks * plan.Block;
        return 2 * plan.Points * positions * plan.ReductionBlocks * w.Lanes * plan.ChannelBlocks * w.Lanes;
    }

    public WorkPartition Partition(Workload workload, Configuration configuration)
    {
        var w = (ConvolutionWorkload)workload;
        return WorkPartitions.Strassen(w, Plan(w, configuration));
    }

    private static (double Cycles, double BlockBytes) Cycles(ConvolutionWorkload w, StrassenPlan plan, KernelTarget target, int threads)
    {
        double depth = plan.ReductionBlocks * w.Lanes;
        double positions = (double)plan.Blocks * plan.Block;
        double products = plan.Points * depth * plan.ChannelBlocks * positions * ProductCost.Overhead(plan.ChannelTile, plan.Register, depth);

        // Two levels pass through memory between them: about twice the work per element.
        double transforms = plan.Points * positions * (plan.ReductionBlocks + plan.ChannelBlocks) * (plan.Levels == 1 ? 4 : 6);
        double weightBytes = 4.0 * plan.Points * depth * plan.ChannelBlocks * w.Lanes;
        double blockBytes = 4.0 * plan.Points * depth * plan.Block;

        // With blocks enough for all threads the split schedule only adds a pass over memory.
        bool pointless = plan.Split && plan.Blocks >= 4 * threads;
        return (pointless
            ? double.PositiveInfinity
            : ProductCost.Total(target, products + transforms, weightBytes, plan.Blocks, blockBytes, plan.Units, threads), blockBytes);
    }

    private static double[] Features(ConvolutionWorkload w, StrassenPlan plan)
    {
        double accumulators = plan.ChannelTile * plan.Register;
        double depth = plan.ReductionBlocks * w.Lanes;
        double weights = 4.0 * plan.Points * depth * plan.ChannelTile * w.Lanes;
        return
        [
            accumulators,
            (plan.ChannelTile + plan.Register) / accumulators,
            (double)plan.Blocks * plan.Block * plan.Parts / ((double)w.OutHeight * w.OutWidth),
            Math.Log2(accumulators * plan.Unroll),
            Math.Log2(weights),
            Math.Log2(weights / plan.ChannelTile * plan.ChannelBlocks),
            Math.Log2(4.0 * plan.Points * depth * plan.Block),
            Math.Log2(plan.Units),
            Math.Ceiling(plan.Units / 2.0) * 2 / plan.Units,
            plan.Split ? 1 : 0,
        ];
    }

    private StrassenPlan Plan(ConvolutionWorkload w, Configuration c) => new(w, levels, c);
}
