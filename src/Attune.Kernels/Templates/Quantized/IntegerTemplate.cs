using Attune.Kernels.Partition;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates.Direct;

namespace Attune.Kernels.Templates.Quantized;

/// <summary>Convolutions and matrix products of bytes, summed up as integers.</summary>
internal sealed unsafe class IntegerTemplate : ITemplate
{
    public string Name => "integer";

    public int Version => 1;

    public bool Applies(Workload workload, KernelTarget target) =>
        target.Kind == TargetKind.Cpu && workload is QuantizedWorkload { HasOneChannelPerGroup: false } w && w.Lanes == target.Lanes;

    public Space CreateSpace(Workload workload, KernelTarget target) => DirectSpace.Create((QuantizedWorkload)workload, target);

    public long Default(Workload workload, Space space, KernelTarget target) => DirectSpace.Default((QuantizedWorkload)workload, space);

    public KernelSource Build(Workload workload, Configuration configuration, KernelSignature signature, KernelTarget target) =>
        KernelSource.Of(IntegerProgram.Build((QuantizedWorkload)workload, configuration, signature));

    public WeightFormat FormatOf(Workload workload, Configuration configuration) => WeightFormat.I8;

    public long PackedCount(Workload workload, Configuration configuration) =>
        NeighbourWeights.PackedCount((QuantizedWorkload)workload, PlanOf(workload, configuration));

    public string PackedForm(Workload workload, Configuration configuration) => $"integer/{configuration.Tuple("oc")[2]}";

    public PackingWork Pack(Workload workload, Configuration configuration, WeightOperand weights, float* target) =>
        NeighbourWeights.Pack<sbyte>((QuantizedWorkload)workload, PlanOf(workload, configuration), weights.Stored!, target);

    public WorkPartition Partition(Workload workload, Configuration configuration) =>
        WorkPartitions.Direct((QuantizedWorkload)workload, PlanOf(workload, configuration), configuration);

    private static DirectPlan PlanOf(Workload workload, Configuration configuration) => new((QuantizedWorkload)workload, configuration);
}
