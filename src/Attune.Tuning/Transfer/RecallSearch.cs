namespace Attune.Tuning;

/// <summary>
/// The baseline of every transfer: measures what was best on earlier tasks over the same configurations, the best mean merit first, and learns nothing from what comes out.
/// Says nothing without such tasks.
/// </summary>
internal sealed class RecallSearch(SearcherOptions options) : IProposer
{
    private Queue<long>? order;

    public IReadOnlyList<long> Propose(SearchMemory memory, int count)
    {
        order ??= Order(memory);
        var points = new List<long>();
        while (points.Count < count && order.TryDequeue(out long point))
        {
            if (!memory.IsKnown(point))
            {
                points.Add(point);
            }
        }

        return points;
    }

    private Queue<long> Order(SearchMemory memory)
    {
        var knowledge = TransferKnowledge.OfSameSpace(memory.Space, options.History ?? TuningHistory.Empty);
        return new Queue<long>(knowledge.Remembered().Where(point => !memory.IsKnown(point)));
    }
}
