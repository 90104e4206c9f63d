namespace Attune.Tuning;

/// <summary>The first stage of every search: the template's own default, so that a valid, sensible point is known before anything else.</summary>
internal sealed class StartingPoint(long? point) : IProposer
{
    public IReadOnlyList<long> Propose(SearchMemory memory, int count) =>
        point is { } start && !memory.IsKnown(start) && memory.Space.IsValid(start) ? [start] : [];
}
