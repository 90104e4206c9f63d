using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Gpu.Staged;

/// <summary>An operand of a product: the element of a row (or column) and a depth lies at the sum of what each contributes.</summary>
/// <param name="Buffer">Memory.</param>
/// <param name="Place">What a row or column contributes.</param>
/// <param name="Depth">What a place along the axis summed over contributes.</param>
internal sealed record StagedOperand(Buffer Buffer, Func<Index, AddressPart> Place, Func<Index, AddressPart> Depth)
{
    /// <summary>
    /// Along the axis that lanes fetch by, four elements from a multiple of four on lie next to each other in memory, and begin at a multiple of four there.
    /// Default false.
    /// </summary>
    public bool HasFours { get; init; }

    /// <summary>What an element is multiplied by when it is loaded. Default 1.</summary>
    public float Factor { get; init; } = 1;

    /// <summary>
    /// What brings an element into a register, for an operand that is computed as it is fetched: from where its place and depth lead, and its depth. Null for
    /// one that is only loaded.
    /// </summary>
    public Func<Index, Index, RegisterTile, Index, ImmutableArray<Statement>>? Compute { get; init; }
}
