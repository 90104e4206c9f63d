using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Gpu.Staged;

/// <summary>An axis of a product's result, covered by tiles; the last tile may reach past the end.</summary>
/// <param name="Split">The tile of a group.</param>
/// <param name="Origin">Where the group's tile begins.</param>
/// <param name="Extent">Length of the axis.</param>
internal sealed record StagedAxis(LaneSplit Split, Index Origin, int Extent)
{
    private bool IsWhole => Extent % Split.Tile == 0;

    /// <summary>A place of the tile on the axis; one past the end becomes the last one, which may be read like any other.</summary>
    /// <param name="within">Place in the tile.</param>
    /// <param name="count">Neighbours that are read from there on; the length of the axis is a multiple of them, and so is the place.</param>
    public AddressPart Readable(Index within, int count = 1)
    {
        if (IsWhole)
        {
            return Origin + within;
        }

        var inside = new LoopVariable("inside");
        return new AddressPart([new Let(inside, IndexOperation.Minimum, Origin + within, Extent - count)], inside);
    }

    /// <summary>What is done only at places before the end.</summary>
    /// <param name="within">Place in the tile.</param>
    /// <param name="body">What is done.</param>
    public ImmutableArray<Statement> Inside(Index within, ImmutableArray<Statement> body) =>
        IsWhole ? body : [new When(Origin + within, Comparison.Less, Extent, body, [])];
}
