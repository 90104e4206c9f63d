using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Gpu.Staged;

/// <summary>A number that other variables must be bound for.</summary>
/// <param name="Bindings">They are bound here.</param>
/// <param name="Offset">The number.</param>
internal readonly record struct AddressPart(ImmutableArray<Statement> Bindings, Index Offset)
{
    public static implicit operator AddressPart(Index offset) => new([], offset);

    /// <summary>What follows from the number, with the bindings of both.</summary>
    /// <param name="next">Makes it.</param>
    public AddressPart Then(Func<Index, AddressPart> next)
    {
        AddressPart after = next(Offset);
        return after with { Bindings = [.. Bindings, .. after.Bindings] };
    }
}
