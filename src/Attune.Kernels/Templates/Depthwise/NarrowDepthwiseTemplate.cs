using Attune.Kernels.Loops;
using Attune.Kernels.Partition;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates.Depthwise;

/// <summary>Depthwise convolutions of activations narrower than floats, in the space of the depthwise template; their weights are packed as floats.</summary>
/// <typeparam name="TWorkload">Layers of one type of elements.</typeparam>
internal abstract unsafe class NarrowDepthwiseTemplate<TWorkload> : ITemplate
    where TWorkload : NarrowWorkload
{
    public abstract string Name { get; }

    public int Version => 1;

    public bool Applies(Workload workload, KernelTarget target) =>
        target.Kind == TargetKind.Cpu && workload is TWorkload { HasOneChannelPerGroup: true } w && w.Lanes == target.Lanes && Fits(w);

    public Space CreateSpace(Workload workload, KernelTarget target) => DepthwiseSpace.Create((TWorkload)workload, target);

    public long Default(Workload workload, Space space, KernelTarget target) => DepthwiseSpace.Default((TWorkload)workload, space, target);

    public KernelSource Build(Workload workload, Configuration configuration, KernelSignature signature, KernelTarget target) =>
        KernelSource.Of(Program((TWorkload)workload, configuration, signature));

    public long PackedCount(Workload workload, Configuration configuration) => DepthwiseTemplate.PackedCount((TWorkload)workload);

    public PackingWork Pack(Workload workload, Configuration configuration, WeightOperand weights, float* target) =>
        DepthwiseTemplate.Pack((TWorkload)workload, Floats(weights.Stored!), target);

    public WorkPartition Partition(Workload workload, Configuration configuration) => WorkPartitions.Depthwise((TWorkload)workload, configuration);

    /// <summary>False for layers that the loops do not compute rightly.</summary>
    protected virtual bool Fits(TWorkload workload) => true;

    /// <summary>What the loops multiply with.</summary>
    protected abstract float[] Floats(StoredWeights weights);

    /// <summary>The loops of a layer.</summary>
    protected abstract (LoopProgram Program, int Units) Program(TWorkload workload, Configuration configuration, KernelSignature signature);
}
