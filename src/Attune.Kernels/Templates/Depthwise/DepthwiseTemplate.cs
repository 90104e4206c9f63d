using Attune.Kernels.Partition;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates.Depthwise;

/// <summary>Depthwise convolutions.</summary>
internal sealed unsafe class DepthwiseTemplate : ITemplate
{
    public static DepthwiseTemplate Instance { get; } = new();

    public string Name => "depthwise";

    public int Version => 1;

    public bool Applies(Workload workload, KernelTarget target) =>
        target.Kind == TargetKind.Cpu && workload is DepthwiseWorkload && workload.Lanes == target.Lanes;

    public Space CreateSpace(Workload workload, KernelTarget target) => DepthwiseSpace.Create((ConvolutionWorkload)workload, target);

    public long Default(Workload workload, Space space, KernelTarget target) => DepthwiseSpace.Default((ConvolutionWorkload)workload, space, target);

    public KernelSource Build(Workload workload, Configuration configuration, KernelSignature signature, KernelTarget target) =>
        KernelSource.Of(DepthwiseProgram.Build((ConvolutionWorkload)workload, configuration, signature));

    public long PackedCount(Workload workload, Configuration configuration) => PackedCount((ConvolutionWorkload)workload);

    public PackingWork Pack(Workload workload, Configuration configuration, WeightOperand weights, float* target) =>
        Pack((ConvolutionWorkload)workload, weights.Source, target);

    public WorkPartition Partition(Workload workload, Configuration configuration) => WorkPartitions.Depthwise((ConvolutionWorkload)workload, configuration);

    /// <summary>Floats of the packed weights: [block][tap][lane].</summary>
    public static long PackedCount(ConvolutionWorkload w) => (long)((w.OutChannels + w.Lanes - 1) / w.Lanes) * w.KernelHeight * w.KernelWidth * w.Lanes;

    /// <summary>Packing as one unit of work: depthwise weights are few.</summary>
    public static PackingWork Pack(ConvolutionWorkload w, WeightSource source, float* target) =>
        new(1, (_, _) => PackDepthwise(w, source.ToArray(), target, w.KernelHeight * w.KernelWidth));

    private static void PackDepthwise(ConvolutionWorkload w, float[] source, float* target, int taps)
    {
        for (int block = 0; block < (w.OutChannels + w.Lanes - 1) / w.Lanes; block++)
        {
            for (int tap = 0; tap < taps; tap++)
            {
                for (int lane = 0; lane < w.Lanes; lane++)
                {
                    int channel = (block * w.Lanes) + lane;
                    *target++ = channel < w.OutChannels ? source[(channel * taps) + tap] : 0;
                }
            }
        }
    }
}
