using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Templates.Tiles;

/// <summary>Layers of brain floats by matrix tiles.</summary>
internal sealed class BrainFloatTileTemplate : TileTemplate<BFloat16Workload, BFloat16>
{
    public override string Name => "bf16-tiles";

    /// <summary>Rounding to brain floats is an instruction of its own.</summary>
    public override bool Applies(Workload workload, KernelTarget target) => target.MultipliesHalves && base.Applies(workload, target);

    protected override KernelSource Source(BFloat16Workload workload, Configuration configuration, KernelSignature signature) =>
        BrainFloatTileProgram.Build(workload, configuration, signature);
}
