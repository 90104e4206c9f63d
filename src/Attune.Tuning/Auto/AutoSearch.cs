using Attune.Tuning.Sampling;

namespace Attune.Tuning;

/// <summary>
/// The model stage of <c>auto</c>: every batch is filled with the points of largest expected improvement times the probability of running, kept apart from each other; the
/// last places of a batch go to one-knob moves from the incumbent, the best predicted first, which is coordinate descent guided by the model. Points of a batch and pending
/// ones count as measured with what is predicted for them. Says nothing until two points were timed.
/// </summary>
internal sealed class AutoSearch(AutoOptions options, int seed) : IProposer
{
    private readonly AutoModel model = new(options, seed);
    private readonly AutoPool pool = new(options);

    public IReadOnlyList<long> Propose(SearchMemory memory, int count)
    {
        if (memory.Best is not { } best || memory.Timed.Count < 2)
        {
            return [];
        }

        model.Fit(memory, pool, pool.Update(memory));
        int[] free = [.. Enumerable.Range(0, pool.Points.Count).Where(row => !memory.IsKnown(pool.Points[row]))];
        double[] penalties = [.. free.Select(row => Math.Log(Math.Max(1e-6, model.Feasibility(pool.Features, row))))];
        HashSet<long> moves = [.. KnobMoves.From(memory.Space, best.Index)];
        var taken = new bool[free.Length];
        var chosen = new List<long>(count);
        int polished = (int)Math.Round(options.Polish * count);
        while (chosen.Count < count)
        {
            bool polish = chosen.Count >= count - polished;
            int pick = polish ? Best(i => moves.Contains(pool.Points[free[i]])) : -1;
            pick = pick >= 0 ? pick : Best(IsApart);
            pick = pick >= 0 ? pick : Best(_ => true);
            if (pick < 0)
            {
                break;
            }

            taken[pick] = true;
            chosen.Add(pool.Points[free[pick]]);
            if (chosen.Count < count)
            {
                model.Assume(pool, free[pick]);
            }
        }

        return chosen;

        bool IsApart(int i) => chosen.TrueForAll(other => KnobMetric.Squared(memory.Space, pool.Points[free[i]], other) >= options.Spacing * options.Spacing);

        int Best(Func<int, bool> admits)
        {
            int found = -1;
            double highest = double.NegativeInfinity;
            for (int i = 0; i < free.Length; i++)
            {
                if (!taken[i])
                {
                    double score = ExpectedImprovement.Log(model[free[i]], 1) + penalties[i];
                    if (score > highest && admits(i))
                    {
                        highest = score;
                        found = i;
                    }
                }
            }

            return found;
        }
    }
}
