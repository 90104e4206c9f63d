using Attune.Tuning.Transfer;

namespace Attune.Tuning.Search;

/// <summary>Offers a fixed number of points chosen before any result is known; points told from elsewhere count towards the number.</summary>
/// <param name="size">Points to have before the stage ends.</param>
/// <param name="choose">Chooses points: memory and number.</param>
/// <param name="recall">A stage before it whose points do not count; may be null.</param>
internal sealed class InitialDesign(int size, Func<SearchMemory, int, IReadOnlyList<long>> choose, RecallSearch? recall = null) : IProposer
{
    private Queue<long>? queue;

    public IReadOnlyList<long> Propose(SearchMemory memory, int count)
    {
        queue ??= new Queue<long>(choose(memory, Math.Max(0, size - memory.Told - memory.Pending + (recall?.Offered.Count ?? 0))));
        var points = new List<long>();
        while (points.Count < count && queue.TryDequeue(out long point))
        {
            if (!memory.IsKnown(point))
            {
                points.Add(point);
            }
        }

        return points;
    }
}
