using Attune.Kernels.Partition;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates.Depthwise;

namespace Attune.Kernels.Templates.Quantized;

/// <summary>Depthwise convolutions of bytes.</summary>
internal sealed unsafe class DepthwiseBytesTemplate : ITemplate
{
    public string Name => "depthwise-bytes";

    public int Version => 1;

    public bool Applies(Workload workload, KernelTarget target) =>
        target.Kind == TargetKind.Cpu && workload is QuantizedWorkload { HasOneChannelPerGroup: true } w && w.Lanes == target.Lanes
        && w.KernelHeight * w.KernelWidth <= DepthwiseBytesProgram.MaxTaps;

    public Space CreateSpace(Workload workload, KernelTarget target) => DepthwiseSpace.Create((QuantizedWorkload)workload, target);

    public long Default(Workload workload, Space space, KernelTarget target) => DepthwiseSpace.Default((QuantizedWorkload)workload, space, target);

    public KernelSource Build(Workload workload, Configuration configuration, KernelSignature signature, KernelTarget target) =>
        KernelSource.Of(DepthwiseBytesProgram.Build((QuantizedWorkload)workload, configuration, signature));

    public long PackedCount(Workload workload, Configuration configuration) => DepthwiseTemplate.PackedCount((QuantizedWorkload)workload);

    /// <summary>The weights as floats without their scales, which the output's numbers contain.</summary>
    public PackingWork Pack(Workload workload, Configuration configuration, WeightOperand weights, float* target) =>
        DepthwiseTemplate.Pack((QuantizedWorkload)workload, Array.ConvertAll((sbyte[])weights.Stored!.Elements, number => (float)number), target);

    public WorkPartition Partition(Workload workload, Configuration configuration) =>
        WorkPartitions.Depthwise((QuantizedWorkload)workload, configuration);
}
