using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates.Recurrent;

/// <summary>Steps of recurrent layers; not searched.</summary>
internal sealed class RecurrentTemplate : ITemplate
{
    public string Name => "recurrent";

    public int Version => 1;

    public bool HasSeveralPhases => true;

    public bool Applies(Workload workload, KernelTarget target) =>
        workload is RecurrentWorkload && target.Groups is null && workload.Lanes == target.Lanes;

    public KernelSource Build(Workload workload, Configuration configuration, KernelSignature signature, KernelTarget target) =>
        RecurrentProgram.Build((RecurrentWorkload)workload, signature, target);
}
