using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>Pieces of programs whose groups share memory.</summary>
internal static class GroupLoops
{
    /// <summary>A loop over groups or lanes along an axis.</summary>
    public static Loop Bound(LoopVariable variable, int extent, LoopKind kind, int axis, params ReadOnlySpan<Statement> body) =>
        new(variable, 0, extent, 1, kind, [.. body], axis);

    /// <summary>Memory of a group.</summary>
    /// <param name="name">Name.</param>
    /// <param name="count">Floats.</param>
    public static Buffer Shared(string name, long count) => new(name, -1) { Scope = MemoryScope.Group, Extent = checked((int)count) };

    /// <summary>All lanes of a group together do something once for every element, neighbours next to each other.</summary>
    /// <param name="count">Elements.</param>
    /// <param name="lanes">Lanes of the group.</param>
    /// <param name="lane">Number of the lane among them.</param>
    /// <param name="one">What is done for the element of a number.</param>
    public static ImmutableArray<Statement> Fetch(long count, long lanes, Index lane, Func<Index, ImmutableArray<Statement>> one)
    {
        var round = new LoopVariable("i");
        long rounds = (count + lanes - 1) / lanes;
        Index at = ((Index)round * lanes) + lane;
        ImmutableArray<Statement> body = one(at);
        return [new Loop(round, 0, rounds, 1, LoopKind.Serial, count % lanes == 0 ? body : [new When(at, Comparison.Less, count, body, [])])];
    }
}
