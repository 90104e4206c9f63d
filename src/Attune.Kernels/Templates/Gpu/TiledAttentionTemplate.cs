using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>
/// Attention in one kernel on devices of groups and lanes; not searched: the shape of a group is the one of the lowest rough cost. Heads so large that no group
/// holds a tile of them are left to the template of work units.
/// </summary>
internal sealed class TiledAttentionTemplate : ITemplate
{
    public string Name => "gpu-attention";

    public int Version => 1;

    public bool Applies(Workload workload, KernelTarget target) =>
        target.Groups is { } limits && workload is AttentionWorkload { Lanes: 1, IsEligible: true } w && TiledAttentionPlan.Of(w, limits) is not null;

    public KernelSource Build(Workload workload, Configuration configuration, KernelSignature signature, KernelTarget target) =>
        KernelSource.Of((TiledAttentionProgram.Build(TiledAttentionPlan.Of((AttentionWorkload)workload, target.Groups!)!), 1));
}
