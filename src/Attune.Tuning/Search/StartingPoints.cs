using System.Collections.Immutable;

namespace Attune.Tuning.Search;

/// <summary>
/// The first stage of every search: the template's own default, so that a valid, sensible point is known before anything else, then what the template suggests.
/// </summary>
internal sealed class StartingPoints(long? start, ImmutableArray<long> suggestions) : IProposer
{
    public IReadOnlyList<long> Propose(SearchMemory memory, int count) =>
        [.. (start is { } first ? suggestions.Insert(0, first) : suggestions).Where(
            point => !memory.IsKnown(point) && memory.Space.IsValid(point)).Distinct().Take(count)];
}
