using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates.Rows;

/// <summary>Layer normalization of rows; not searched.</summary>
internal sealed class LayerNormalizationTemplate : ITemplate
{
    public string Name => "layer-normalization";

    public int Version => 1;

    public bool Applies(Workload workload, KernelTarget target) =>
        workload is RowWorkload { Operation: RowOperation.LayerNormalization } && workload.Lanes == target.Lanes;

    public KernelSource Build(Workload workload, Configuration configuration, KernelSignature signature, KernelTarget target) =>
        KernelSource.Of(RowProgram.LayerNormalization((RowWorkload)workload));
}
