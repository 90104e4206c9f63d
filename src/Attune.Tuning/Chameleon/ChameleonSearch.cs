using Attune.Tuning.Search;

namespace Attune.Tuning.Chameleon;

/// <summary>
/// CHAMELEON (Ahn et al., ICLR 2020) as a stage of a search: fits a cost model on what was measured, explores with an agent that learns to walk
/// (<see cref="AdaptiveExploration"/>), measures one point per cluster of what it found (<see cref="AdaptiveSampling"/>), and plans again when those are used
/// up. Says nothing until two points were timed.
/// </summary>
internal sealed class ChameleonSearch(ChameleonOptions options, int seed) : IProposer
{
    private readonly CostModel model = new(options);
    private readonly Queue<long> plan = new();
    private AdaptiveExploration? exploration;

    /// <summary>Plans made so far.</summary>
    public int Plans { get; private set; }

    public IReadOnlyList<long> Propose(SearchMemory memory, int count)
    {
        var points = new List<long>(count);
        Take(memory, points, count);
        if (points.Count < count && memory.Best is not null && memory.Timed.Count >= 2)
        {
            Plan(memory);
            Take(memory, points, count);
        }

        return points;
    }

    private void Take(SearchMemory memory, List<long> points, int count)
    {
        while (points.Count < count && plan.TryDequeue(out long point))
        {
            if (!memory.IsKnown(point) && !points.Contains(point))
            {
                points.Add(point);
            }
        }
    }

    private void Plan(SearchMemory memory)
    {
        Plans++;
        model.Fit(memory);
        exploration ??= new AdaptiveExploration(memory.Space, options, seed);
        List<long> chosen = new AdaptiveSampling(memory.Space, options).Choose(memory, exploration.Explore(memory, model));
        chosen.AddRange(
            memory.Sampler.Draw((int)(options.RandomShare * options.PlanSize), memory.Random, point => memory.IsKnown(point) || chosen.Contains(point)));
        foreach (long point in chosen)
        {
            plan.Enqueue(point);
        }
    }
}
