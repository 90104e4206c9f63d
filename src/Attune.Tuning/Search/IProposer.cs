namespace Attune.Tuning.Search;

/// <summary>One way of proposing points, a stage of a <see cref="StagedSearcher"/>.</summary>
internal interface IProposer
{
    /// <summary>
    /// Proposes up to <paramref name="count"/> valid points that the memory does not know; fewer or none when the stage has no more to say for now.
    /// The searcher marks them as pending.
    /// </summary>
    IReadOnlyList<long> Propose(SearchMemory memory, int count);
}
