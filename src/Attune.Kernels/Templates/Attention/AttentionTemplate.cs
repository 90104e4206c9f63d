using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates.Attention;

/// <summary>Attention of several heads; not searched.</summary>
internal sealed class AttentionTemplate : ITemplate
{
    public string Name => "attention";

    public int Version => 1;

    public bool Applies(Workload workload, KernelTarget target) =>
        workload is AttentionWorkload { IsEligible: true } && workload.Lanes == target.Lanes;

    public KernelSource Build(Workload workload, Configuration configuration, KernelSignature signature, KernelTarget target) =>
        AttentionProgram.Build((AttentionWorkload)workload, target);
}
