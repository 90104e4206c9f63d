using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates.Pools;

/// <summary>Average of whole images; not searched.</summary>
internal sealed class GlobalAveragePoolTemplate : ITemplate
{
    public string Name => "global-average-pool";

    public int Version => 1;

    public bool Applies(Workload workload, KernelTarget target) =>
        workload is PoolWorkload { Operation: PoolOperation.GlobalAverage } && workload.Lanes == target.Lanes;

    public KernelSource Build(Workload workload, Configuration configuration, KernelSignature signature, KernelTarget target) =>
        KernelSource.Of(PoolProgram.GlobalAverage((PoolWorkload)workload, signature));
}
