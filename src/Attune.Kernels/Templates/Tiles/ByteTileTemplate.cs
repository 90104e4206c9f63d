using Attune.Kernels.Spaces;

namespace Attune.Kernels.Templates.Tiles;

/// <summary>Layers of bytes by matrix tiles.</summary>
internal sealed class ByteTileTemplate : TileTemplate<QuantizedWorkload, sbyte>
{
    public override string Name => "integer-tiles";

    protected override KernelSource Source(QuantizedWorkload workload, Configuration configuration, KernelSignature signature) =>
        ByteTileProgram.Build(workload, configuration, signature);
}
