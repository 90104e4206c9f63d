using System.Collections.Immutable;

namespace Attune.Tuning.Search;

/// <summary>
/// A searcher made of stages: each ask is filled by the first stage that has something to say, then the next, and last by uniformly random points. So an
/// initial design (BTED) followed by a model (BAO) is a list of two stages, and any stage that dries up costs nothing.
/// </summary>
internal sealed class StagedSearcher(string name, SearchMemory memory, params IReadOnlyList<IProposer> stages) : ISearcher
{
    public string Name => name;

    public ImmutableArray<long> Ask(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var asked = ImmutableArray.CreateBuilder<long>(count);
        foreach (IProposer stage in stages)
        {
            if (asked.Count < count)
            {
                Take(stage.Propose(memory, count - asked.Count));
            }
        }

        if (asked.Count < count)
        {
            Take(memory.Sampler.Draw(count - asked.Count, memory.Random, memory.IsKnown));
        }

        return asked.ToImmutable();

        void Take(IReadOnlyList<long> points)
        {
            foreach (long point in points)
            {
                memory.Ask(point);
                asked.Add(point);
            }
        }
    }

    public void Tell(IReadOnlyCollection<Observation> observations)
    {
        foreach (Observation observation in observations)
        {
            memory.Tell(observation);
        }
    }
}
