using Attune.Kernels.Spaces;

namespace Attune.Kernels.Templates.Tiles;

/// <summary>Layers of brain floats by matrix tiles.</summary>
internal sealed class BrainFloatTileTemplate : TileTemplate<BFloat16Workload, BFloat16>
{
    public override string Name => "bf16-tiles";

    protected override KernelSource Source(BFloat16Workload workload, Configuration configuration, KernelSignature signature) =>
        BrainFloatTileProgram.Build(workload, configuration, signature);
}
