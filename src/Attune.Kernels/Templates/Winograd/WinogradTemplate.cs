using System.Collections.Immutable;
using Attune.Kernels.Partition;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates.Winograd;

/// <summary>
/// Winograd convolution with tiles of 2x2 or 4x4 outputs. Knobs: "oc" splits the output-channel vectors into units of the split schedule, tiles per unit and
/// the register tile's vectors; "positions" are the image tiles in the register tile, "block" the register tiles per block of image tiles; "schedule"
/// transforms block by block (fused) or all of the input first (split); "block_order" says which of channels and blocks is outer in the split schedule.
/// </summary>
/// <param name="outputs">Output rows and columns of a tile: 2 or 4.</param>
internal sealed unsafe class WinogradTemplate(int outputs) : ITemplate
{
    public string Name { get; } = $"winograd{outputs}";

    public int Version => 1;

    public bool HasSeveralPhases => true;

    public bool Applies(Workload workload, KernelTarget target) =>
        target.Kind == TargetKind.Cpu && workload is ConvolutionWorkload w && w.Lanes == target.Lanes && WinogradPlan.IsEligible(w)
            && (outputs == 2 || w.KernelHeight == 3);

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
            Knob.Choice("block_order", "oc-outer", "blocks-outer"),
            Knob.Scale("prefetch", TileSizes.Prefetches(w)),
        ];
        return new Space(knobs, c => Plan(w, c).Admits(w, target.Registers, c), c => Features(w, Plan(w, c)));
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
        return WinogradProgram.Build(w, Plan(w, configuration), configuration, signature);
    }

    public long PackedCount(Workload workload, Configuration configuration)
    {
        var w = (ConvolutionWorkload)workload;
        return (long)((w.OutChannels + w.Lanes - 1) / w.Lanes) * w.InChannels * Plan(w, configuration).WeightPoints * w.Lanes;
    }

    public string PackedForm(Workload workload, Configuration configuration) => $"{Name}/{configuration.Tuple("oc")[2]}";

    public PackingWork Pack(Workload workload, Configuration configuration, WeightOperand weights, float* target)
    {
        var w = (ConvolutionWorkload)workload;
        double[][] transform = WinogradTransform.Weights(outputs, w.KernelHeight, w.StrideHeight);
        return WinogradWeights.Pack(w, transform, Plan(w, configuration).ChannelTile * w.Lanes, weights.Source, target);
    }

    public long ExecutedFlops(Workload workload, Configuration configuration)
    {
        var w = (ConvolutionWorkload)workload;
        WinogradPlan plan = Plan(w, configuration);
        long tiles = (long)plan.Blocks * plan.Block;
        long channels = (long)plan.ChannelUnits * plan.ChannelTilesPerUnit * plan.ChannelTile * w.Lanes;
        return 2 * plan.Points * tiles * w.GroupInChannels * channels;
    }

    public WorkPartition Partition(Workload workload, Configuration configuration)
    {
        var w = (ConvolutionWorkload)workload;
        return WorkPartitions.Winograd(w, Plan(w, configuration), configuration);
    }

    private static (double Cycles, double BlockBytes) Cycles(ConvolutionWorkload w, WinogradPlan plan, KernelTarget target, int threads)
    {
        double depth = w.InChannels;
        double vectors = (double)w.OutChannels / w.Lanes;
        double tiles = (double)plan.Blocks * plan.Block;
        double products = plan.Points * depth * vectors * tiles * ProductCost.Overhead(plan.ChannelTile, plan.Register, depth);
        double transforms = plan.Points * tiles * (plan.ReductionBlocks + vectors) * 5;
        double weightBytes = 4.0 * plan.WeightPoints * depth * w.OutChannels;
        int units = plan.Split ? plan.Blocks * plan.ChannelUnits : plan.Blocks;
        double blockBytes = 4.0 * plan.BlockFloats;
        return (ProductCost.Total(target, products + transforms, weightBytes, plan.Blocks, blockBytes, units, threads), blockBytes);
    }

    // The same ten quantities as of the direct template, so that one evaluation function serves both.
    private static double[] Features(ConvolutionWorkload w, WinogradPlan plan)
    {
        double accumulators = plan.ChannelTile * plan.Register;
        double weights = 4.0 * plan.Points * w.InChannels * plan.ChannelTile * w.Lanes;
        int units = plan.Split ? plan.Blocks * plan.ChannelUnits : plan.Blocks;
        return
        [
            accumulators,
            (plan.ChannelTile + plan.Register) / accumulators,
            (double)plan.Blocks * plan.Block * plan.Outputs * plan.Outputs / ((double)w.OutHeight * w.OutWidth),
            Math.Log2(accumulators * plan.Unroll),
            Math.Log2(weights),
            Math.Log2(weights * plan.ChannelTilesPerUnit * plan.ChannelUnits),
            Math.Log2(4.0 * plan.BlockFloats),
            Math.Log2(units),
            Math.Ceiling(units / 2.0) * 2 / units,
            plan.Split ? 1 : 0,
        ];
    }

    private WinogradPlan Plan(ConvolutionWorkload w, Configuration c) => new(w, outputs, c);
}
