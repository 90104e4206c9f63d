using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates.Pools;

/// <summary>Maximum with loops over the window, for windows of so many places that code for each is too much.</summary>
internal sealed class LoopedMaxPoolTemplate : ITemplate
{
    public string Name => "max-pool-looped";

    public int Version => 1;

    public bool Applies(Workload workload, KernelTarget target) =>
        workload is PoolWorkload { Operation: PoolOperation.Maximum } && workload.Lanes == target.Lanes;

    public KernelSource Build(Workload workload, Configuration configuration, KernelSignature signature, KernelTarget target) =>
        KernelSource.Of(PoolProgram.LoopedMaximum((PoolWorkload)workload, signature));
}
