using System.Collections.Immutable;

namespace Attune.Tuning.Search;

/// <summary>
/// A search over one space, driven from outside: ask for points, measure them anywhere, tell what came out. Asked points that were not told yet are pending and
/// are never asked again; points that were never asked may be told (a resumed run, another searcher's trials). Deterministic for its seed and the order of
/// calls. One thread at a time.
/// </summary>
public interface ISearcher
{
    /// <summary>Name in the <see cref="SearcherCatalog"/>.</summary>
    string Name { get; }

    /// <summary>Points to measure next, distinct, valid and never asked or told before.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <returns>At most <paramref name="count"/> indices; empty when every valid point that can be found has been asked or told.</returns>
    ImmutableArray<long> Ask(int count);

    /// <summary>Outcomes of points, in any order and number.</summary>
    void Tell(IReadOnlyCollection<Observation> observations);
}
