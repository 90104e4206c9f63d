using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates.Pools;

/// <summary>Average of windows; not searched.</summary>
internal sealed class AveragePoolTemplate : ITemplate
{
    public string Name => "average-pool";

    public int Version => 1;

    public bool Applies(Workload workload, KernelTarget target) =>
        workload is PoolWorkload { Operation: PoolOperation.Average } && workload.Lanes == target.Lanes;

    public KernelSource Build(Workload workload, Configuration configuration, KernelSignature signature, KernelTarget target) =>
        KernelSource.Of(PoolProgram.Average((PoolWorkload)workload, signature));
}
