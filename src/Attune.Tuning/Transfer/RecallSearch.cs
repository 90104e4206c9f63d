using Attune.Tuning.Search;

namespace Attune.Tuning.Transfer;

/// <summary>
/// Measures what was best on earlier tasks over the same configurations, the best mean merit first, and learns nothing from what comes out: the baseline of
/// every transfer, and the beginning of searches that learn from history, so that they have at least what the baseline has. Says nothing without such tasks.
/// </summary>
/// <param name="options">Options of the search, with its history.</param>
/// <param name="limit">Points that it offers at most.</param>
/// <param name="between">
/// True ranks what was never measured too, by interpolation between what was: earlier tunes measured a small part of their spaces, and the best is rarely among
/// it. Where all was measured nothing changes.
/// </param>
internal sealed class RecallSearch(SearcherOptions options, int limit = int.MaxValue, bool between = false) : IProposer
{
    private readonly HashSet<long> offered = [];
    private Queue<long>? order;

    /// <summary>What was offered so far.</summary>
    public IReadOnlySet<long> Offered => offered;

    public IReadOnlyList<long> Propose(SearchMemory memory, int count)
    {
        order ??= Order(memory);
        var points = new List<long>();
        while (points.Count < count && offered.Count < limit && order.TryDequeue(out long point))
        {
            if (!memory.IsKnown(point))
            {
                points.Add(point);
                offered.Add(point);
            }
        }

        return points;
    }

    private Queue<long> Order(SearchMemory memory)
    {
        var knowledge = TransferKnowledge.OfSameSpace(memory.Space, options.History ?? TuningHistory.Empty);
        List<long> remembered = knowledge.Remembered();
        IEnumerable<long> ranked = between && remembered.Count > 0
            ? new TransferPool(options.Transfer, knowledge).Points(memory).Union(remembered).OrderByDescending(knowledge.MeanOf).ThenBy(point => point)
            : remembered;
        return new Queue<long>(ranked.Where(point => !memory.IsKnown(point)));
    }
}
