using Attune.Kernels.Targets;

namespace Attune.Contracts.Templates;

/// <summary>This machine as if it multiplied matrix tiles: their kernels are built anywhere, and interpreted where they do not run.</summary>
internal static class TileTarget
{
    /// <summary>With the widest vectors, beside which tiles are used.</summary>
    public static KernelTarget Widest { get; } = HostTarget.Of(16) with
    {
        Instructions = HostTarget.Widest.Instructions | VectorInstructions.MatrixTiles | VectorInstructions.BFloat16Products,
        MachineCode = MachineCodeUse.ByteProducts,
    };
}
