using Attune.Kernels.Partition;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates.Direct;

/// <summary>
/// Convolutions and matrix products in the space of the direct template, of which one instruction multiplies several neighbouring input channels.
/// </summary>
/// <typeparam name="TWorkload">Layers of one type of elements.</typeparam>
/// <typeparam name="TElement">Elements of the weights.</typeparam>
internal abstract unsafe class NeighbourTemplate<TWorkload, TElement> : ITemplate
    where TWorkload : NarrowWorkload
    where TElement : unmanaged
{
    public abstract string Name { get; }

    public int Version => 1;

    public bool Applies(Workload workload, KernelTarget target) =>
        target.Kind == TargetKind.Cpu && workload is TWorkload { HasOneChannelPerGroup: false } w && w.Lanes == target.Lanes;

    public Space CreateSpace(Workload workload, KernelTarget target) => DirectSpace.Create((TWorkload)workload, target);

    public long Default(Workload workload, Space space, KernelTarget target) => DirectSpace.Default((TWorkload)workload, space);

    public KernelSource Build(Workload workload, Configuration configuration, KernelSignature signature, KernelTarget target) =>
        KernelSource.Of(Program((TWorkload)workload, configuration, signature));

    public WeightFormat FormatOf(Workload workload, Configuration configuration) => ((TWorkload)workload).Weights;

    public long PackedCount(Workload workload, Configuration configuration) =>
        NeighbourWeights.PackedCount((TWorkload)workload, PlanOf(workload, configuration));

    public string PackedForm(Workload workload, Configuration configuration) => $"{Name}/{configuration.Tuple("oc")[2]}";

    public PackingWork Pack(Workload workload, Configuration configuration, WeightOperand weights, float* target) =>
        NeighbourWeights.Pack<TElement>((TWorkload)workload, PlanOf(workload, configuration), weights.Stored!, target);

    public int OperationsAtOnce(Workload workload, KernelTarget target) =>
        (workload is BFloat16Workload ? target.MultipliesHalves : target.MultipliesBytes) ? ((TWorkload)workload).ChannelsAtOnce : 1;

    public WorkPartition Partition(Workload workload, Configuration configuration) =>
        WorkPartitions.Direct((TWorkload)workload, PlanOf(workload, configuration).Blocks, configuration);

    /// <summary>The loops of a layer.</summary>
    protected abstract (Loops.LoopProgram Program, int Units) Program(TWorkload workload, Configuration configuration, KernelSignature signature);

    private static DirectPlan PlanOf(Workload workload, Configuration configuration) => new((TWorkload)workload, configuration);
}
