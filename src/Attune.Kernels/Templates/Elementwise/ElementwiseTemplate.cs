using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates.Elementwise;

/// <summary>Element-wise operators; not searched.</summary>
internal sealed class ElementwiseTemplate : ITemplate
{
    public string Name => "elementwise";

    public int Version => 1;

    public bool Applies(Workload workload, KernelTarget target) =>
        workload is ElementwiseWorkload && workload.Lanes == target.Lanes;

    public KernelSource Build(Workload workload, Configuration configuration, KernelSignature signature, KernelTarget target) =>
        KernelSource.Of(ElementwiseProgram.Build((ElementwiseWorkload)workload, signature));
}
