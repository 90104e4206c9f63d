using Attune.Kernels.Partition;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates.Direct;

/// <summary>Convolutions and matrix products by their definition, with every multiplication.</summary>
internal sealed unsafe class DirectTemplate : ITemplate
{
    private const string FarAhead = "64";

    public static DirectTemplate Instance { get; } = new();

    public string Name => "direct";

    public int Version => 1;

    public bool Applies(Workload workload, KernelTarget target) =>
        target.Kind == TargetKind.Cpu && workload is ConvolutionWorkload and not (DepthwiseWorkload or TransposedWorkload or NarrowWorkload)
        && workload.Lanes == target.Lanes;

    public Space CreateSpace(Workload workload, KernelTarget target) => DirectSpace.Create((ConvolutionWorkload)workload, target);

    public long Default(Workload workload, Space space, KernelTarget target) => DirectSpace.Default((ConvolutionWorkload)workload, space);

    /// <summary>
    /// For narrow weights: where memory is the limit, widening fills the processor's window with few bytes, so prefetching far ahead helps; where arithmetic
    /// is, weights widened once at load beat those widened in the loop.
    /// </summary>
    public IEnumerable<Suggestion> Suggest(Workload workload, Space space, KernelTarget target, int threads)
    {
        if (!space.Has(DirectWeights.FormatKnob))
        {
            return [];
        }

        long start = DirectSpace.Default((ConvolutionWorkload)workload, space);
        int[] ahead = space.Decode(start);
        ahead[space.PositionOf("prefetch")] = space.Knobs[space.PositionOf("prefetch")].IndexOf(FarAhead);
        int[] widened = space.Decode(start);
        widened[space.PositionOf("prefetch")] = 0;
        widened[space.PositionOf(DirectWeights.FormatKnob)] = space.Knobs[space.PositionOf(DirectWeights.FormatKnob)].IndexOf(DirectWeights.Widened);
        return [new Suggestion(space.Encode(ahead), 0), new Suggestion(space.Encode(widened), 0)];
    }

    public KernelSource Build(Workload workload, Configuration configuration, KernelSignature signature, KernelTarget target) =>
        KernelSource.Of(DirectProgram.Build((ConvolutionWorkload)workload, configuration, signature));

    public WeightFormat FormatOf(Workload workload, Configuration configuration) => DirectWeights.FormatOf((ConvolutionWorkload)workload, configuration);

    public long PackedCount(Workload workload, Configuration configuration) => DirectWeights.PackedCount((ConvolutionWorkload)workload, configuration);

    public string PackedForm(Workload workload, Configuration configuration) => $"direct/{configuration.Tuple("oc")[2]}/{FormatOf(workload, configuration)}";

    public PackingWork Pack(Workload workload, Configuration configuration, WeightOperand weights, float* target)
    {
        var w = (ConvolutionWorkload)workload;
        int tile = configuration.Tuple("oc")[2];
        return weights.Stored is { } narrow && FormatOf(w, configuration) != WeightFormat.F32
            ? DirectWeights.PackNarrow(w, tile, narrow, target)
            : DirectWeights.Pack(w, tile, weights.Widened(), target);
    }

    public WorkPartition Partition(Workload workload, Configuration configuration)
    {
        var w = (ConvolutionWorkload)workload;
        return WorkPartitions.Direct(w, new DirectPlan(w, configuration).Blocks, configuration);
    }
}
