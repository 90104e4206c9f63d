namespace Attune.Tuning.AutoTvm;

/// <summary>The best-scored points seen so far, up to a number: AutoTVM's heap. Every point is judged once.</summary>
internal sealed class BestPoints(int size)
{
    private readonly PriorityQueue<long, (float Score, long Point)> heap = new();
    private readonly HashSet<long> seen = [];

    /// <summary>Takes a point in when it is among the best. True when that changed them.</summary>
    public bool Offer(long point, float score)
    {
        if (!seen.Add(point))
        {
            return false;
        }

        if (heap.Count < size)
        {
            heap.Enqueue(point, (score, point));
            return true;
        }

        return heap.TryPeek(out _, out (float Score, long Point) min) && score > min.Score && heap.EnqueueDequeue(point, (score, point)) != point;
    }

    /// <summary>True when the point was offered before.</summary>
    public bool Saw(long point) => seen.Contains(point);

    /// <summary>The points by falling score.</summary>
    public (long Point, float Score)[] Descending() =>
        [.. heap.UnorderedItems.OrderByDescending(item => item.Priority.Score).ThenBy(item => item.Element).Select(
            item => (item.Element, item.Priority.Score))];
}
