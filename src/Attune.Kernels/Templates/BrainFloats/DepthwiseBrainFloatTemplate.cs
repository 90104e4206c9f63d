using Attune.Kernels.Partition;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates.Depthwise;

namespace Attune.Kernels.Templates.BrainFloats;

/// <summary>Depthwise convolutions of brain floats.</summary>
internal sealed unsafe class DepthwiseBrainFloatTemplate : ITemplate
{
    public string Name => "depthwise-bf16";

    public int Version => 1;

    public bool Applies(Workload workload, KernelTarget target) =>
        target.Kind == TargetKind.Cpu && workload is BFloat16Workload { HasOneChannelPerGroup: true } w && w.Lanes == target.Lanes;

    public Space CreateSpace(Workload workload, KernelTarget target) => DepthwiseSpace.Create((BFloat16Workload)workload, target);

    public long Default(Workload workload, Space space, KernelTarget target) => DepthwiseSpace.Default((BFloat16Workload)workload, space, target);

    public KernelSource Build(Workload workload, Configuration configuration, KernelSignature signature, KernelTarget target) =>
        KernelSource.Of(DepthwiseBrainFloatProgram.Build((BFloat16Workload)workload, configuration, signature));

    public long PackedCount(Workload workload, Configuration configuration) => DepthwiseTemplate.PackedCount((BFloat16Workload)workload);

    public PackingWork Pack(Workload workload, Configuration configuration, WeightOperand weights, float* target) =>
        DepthwiseTemplate.Pack((BFloat16Workload)workload, weights.Stored!.Widen(), target);

    public WorkPartition Partition(Workload workload, Configuration configuration) =>
        WorkPartitions.Depthwise((BFloat16Workload)workload, configuration);
}
