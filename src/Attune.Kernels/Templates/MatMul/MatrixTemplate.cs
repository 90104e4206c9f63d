using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates.MatMul;

/// <summary>Products of two activations; not searched.</summary>
internal sealed class MatrixTemplate : ITemplate
{
    public string Name => "matmul";

    public int Version => 1;

    public bool Applies(Workload workload, KernelTarget target) =>
        workload is MatrixWorkload && workload.Lanes == target.Lanes;

    public KernelSource Build(Workload workload, Configuration configuration, KernelSignature signature, KernelTarget target) =>
        KernelSource.Of(MatrixProgram.Build((MatrixWorkload)workload, target));
}
