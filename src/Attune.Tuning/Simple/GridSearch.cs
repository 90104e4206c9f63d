using Attune.Tuning.Search;

namespace Attune.Tuning.Simple;

/// <summary>AutoTVM's grid search: valid points in the order of their index, whatever comes out of them.</summary>
internal sealed class GridSearch : IProposer
{
    private IEnumerator<long>? points;

    public IReadOnlyList<long> Propose(SearchMemory memory, int count)
    {
        points ??= memory.Sampler.InOrder().GetEnumerator();
        var next = new List<long>(count);
        while (next.Count < count && points.MoveNext())
        {
            if (!memory.IsKnown(points.Current))
            {
                next.Add(points.Current);
            }
        }

        return next;
    }
}
