using Attune.Kernels.Partition;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates.Depthwise;
using Attune.Kernels.Templates.Direct;

namespace Attune.Kernels.Templates.Pair;

/// <summary>A depthwise convolution and the pointwise one after it in one kernel.</summary>
internal sealed unsafe class DepthwisePointwiseTemplate : ITemplate
{
    public static DepthwisePointwiseTemplate Instance { get; } = new();

    public string Name => "depthwise-pointwise";

    public int Version => 1;

    public bool Applies(Workload workload, KernelTarget target) => target.Kind == TargetKind.Cpu && workload is PairWorkload && workload.Lanes == target.Lanes;

    public Space CreateSpace(Workload workload, KernelTarget target) => DepthwisePointwiseSpace.Create((PairWorkload)workload, target);

    public long Default(Workload workload, Space space, KernelTarget target) => DepthwisePointwiseSpace.Default((PairWorkload)workload, space, target);

    public KernelSource Build(Workload workload, Configuration configuration, KernelSignature signature, KernelTarget target) =>
        DepthwisePointwiseProgram.Build((PairWorkload)workload, configuration, signature, target);

    public long PackedCount(Workload workload, Configuration configuration)
    {
        var pair = (PairWorkload)workload;
        return DepthwiseTemplate.PackedCount(pair.First)
            + ((long)((pair.Second.OutChannels + pair.Lanes - 1) / pair.Lanes) * pair.Second.InChannels * pair.Lanes);
    }

    public string PackedForm(Workload workload, Configuration configuration) => $"pair/{configuration.Tuple("oc")[1]}";

    public PackingWork Pack(Workload workload, Configuration configuration, WeightOperand weights, float* target)
    {
        var pair = (PairWorkload)workload;
        PackingWork before = DepthwiseTemplate.Pack(pair.First, weights.Before!.Value, target);
        PackingWork after = DirectWeights.Pack(pair.Second, configuration.Tuple("oc")[^1], weights, target + DepthwiseTemplate.PackedCount(pair.First));
        return new PackingWork(
            before.Units + after.Units, (unit, slab) => (unit < before.Units ? before : after).Run(unit < before.Units ? unit : unit - before.Units, slab));
    }

    public WorkPartition Partition(Workload workload, Configuration configuration) => WorkPartitions.Pair((PairWorkload)workload, configuration);
}
