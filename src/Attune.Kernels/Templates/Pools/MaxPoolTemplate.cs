using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates.Pools;

/// <summary>
/// Maximum with code for every place of the window. Not searched: every form of pooling moves each input once through the registers and is bound by memory.
/// </summary>
internal sealed class MaxPoolTemplate : ITemplate
{
    // Code for each of more places than this is more than the JIT optimises.
    private const int MaxPlaces = 400;

    public string Name => "max-pool";

    public int Version => 1;

    public bool Applies(Workload workload, KernelTarget target) =>
        workload is PoolWorkload { Operation: PoolOperation.Maximum } && workload.Lanes == target.Lanes
        && workload is PoolWorkload p && (long)p.KernelHeight * p.KernelWidth <= MaxPlaces;

    public KernelSource Build(Workload workload, Configuration configuration, KernelSignature signature, KernelTarget target) =>
        KernelSource.Of(PoolProgram.Maximum((PoolWorkload)workload, signature));
}
