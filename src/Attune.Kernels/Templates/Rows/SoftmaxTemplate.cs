using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates.Rows;

/// <summary>Softmax of rows; not searched.</summary>
internal sealed class SoftmaxTemplate : ITemplate
{
    public string Name => "softmax";

    public int Version => 1;

    public bool Applies(Workload workload, KernelTarget target) =>
        workload is RowWorkload { Operation: RowOperation.Softmax } && workload.Lanes == target.Lanes;

    public KernelSource Build(Workload workload, Configuration configuration, KernelSignature signature, KernelTarget target) =>
        KernelSource.Of(RowProgram.Softmax((RowWorkload)workload));
}
