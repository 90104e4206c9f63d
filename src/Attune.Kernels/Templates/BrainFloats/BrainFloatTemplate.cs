using Attune.Kernels.Partition;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates.Direct;

namespace Attune.Kernels.Templates.BrainFloats;

/// <summary>Convolutions and matrix products of brain floats, summed up as floats.</summary>
internal sealed unsafe class BrainFloatTemplate : ITemplate
{
    public string Name => "bf16";

    public int Version => 1;

    public bool Applies(Workload workload, KernelTarget target) =>
        target.Kind == TargetKind.Cpu && workload is BFloat16Workload { HasOneChannelPerGroup: false } w && w.Lanes == target.Lanes;

    public Space CreateSpace(Workload workload, KernelTarget target) => DirectSpace.Create((BFloat16Workload)workload, target);

    public long Default(Workload workload, Space space, KernelTarget target) => DirectSpace.Default((BFloat16Workload)workload, space);

    public KernelSource Build(Workload workload, Configuration configuration, KernelSignature signature, KernelTarget target) =>
        KernelSource.Of(BrainFloatProgram.Build((BFloat16Workload)workload, configuration, signature));

    public WeightFormat FormatOf(Workload workload, Configuration configuration) => WeightFormat.BF16;

    public long PackedCount(Workload workload, Configuration configuration) =>
        NeighbourWeights.PackedCount((BFloat16Workload)workload, PlanOf(workload, configuration));

    public string PackedForm(Workload workload, Configuration configuration) => $"bf16/{configuration.Tuple("oc")[2]}";

    public PackingWork Pack(Workload workload, Configuration configuration, WeightOperand weights, float* target) =>
        NeighbourWeights.Pack<BFloat16>((BFloat16Workload)workload, PlanOf(workload, configuration), weights.Stored!, target);

    public WorkPartition Partition(Workload workload, Configuration configuration) =>
        WorkPartitions.Direct((BFloat16Workload)workload, PlanOf(workload, configuration), configuration);

    private static DirectPlan PlanOf(Workload workload, Configuration configuration) => new((BFloat16Workload)workload, configuration);
}
