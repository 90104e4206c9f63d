using Attune.Tuning.Bao;
using Attune.Tuning.Sampling;
using Attune.Tuning.Search;

namespace Attune.Tuning.Auto;

/// <summary>
/// The model stage of <c>auto</c>: a portfolio of three ways to choose, in turns. The first takes the largest expected improvement under the blend of trees and
/// Gaussian process, the second under the process alone, the third is a step of BAO. None of them is best on every space: expected improvement finds far
/// regions that look well and leaves a rough one too early, BAO combs the neighbourhood of what is good and may stay there; taken in turns they lose little
/// where one of them is right and do not fail together. Expected improvement is weighted by the probability of running; points of a batch are kept apart and
/// count as measured with what is predicted for them. Says nothing until two points were timed.
/// </summary>
internal sealed class AutoSearch(AutoOptions options, int seed) : IProposer
{
    private const int Ways = 3;

    // Where nothing is left to gain, tiny expected improvements differ by more than any probability: what probably fails comes last.
    private const double MinFeasibility = 0.25;
    private readonly AutoModel model = new(options, seed);
    private readonly AutoPool pool = new(options);
    private readonly BaoSearch? bao = options.Local ? new BaoSearch(options.Bao, seed) : null;
    private int turn;

    public IReadOnlyList<long> Propose(SearchMemory memory, int count)
    {
        if (memory.Best is null || memory.Timed.Count < 2)
        {
            return [];
        }

        var counts = new int[Ways];
        for (int i = 0; i < count; i++)
        {
            counts[turn++ % Ways]++;
        }

        var chosen = new List<long>(count);
        if (counts[2] > 0 && bao is not null)
        {
            chosen.AddRange(bao.Propose(memory, counts[2]));
        }

        if (chosen.Count < count)
        {
            // A batch has one model: the blend, unless all of it is the process's turn.
            double share = counts[1] == count ? 1 : options.GaussianShare;
            model.Fit(memory, pool, pool.Update(memory), share);
            Improve(memory, count, chosen);
        }

        return chosen;
    }

    private void Improve(SearchMemory memory, int count, List<long> chosen)
    {
        var local = new HashSet<long>(chosen);
        int[] free = [.. Enumerable.Range(0, pool.Points.Count).Where(row => !memory.IsKnown(pool.Points[row]) && !local.Contains(pool.Points[row]))];
        double[] penalties = [.. free.Select(row => Math.Log(Math.Max(1e-6, model.Feasibility(pool.Features, row))))];
        double min = Math.Log(MinFeasibility);
        var taken = new bool[free.Length];
        foreach (long point in local.Where(point => pool.RowOf(point) >= 0))
        {
            model.Assume(pool, pool.RowOf(point));
        }

        while (chosen.Count < count)
        {
            int pick = Best(i => penalties[i] >= min && IsApart(free[i]));
            pick = pick >= 0 ? pick : Best(i => penalties[i] >= min);
            pick = pick >= 0 ? pick : Best(_ => true);
            if (pick < 0)
            {
                return;
            }

            taken[pick] = true;
            chosen.Add(pool.Points[free[pick]]);
            if (chosen.Count < count)
            {
                model.Assume(pool, free[pick]);
            }
        }

        int Best(Func<int, bool> admits)
        {
            int found = -1;
            double highest = double.NegativeInfinity;
            for (int i = 0; i < free.Length; i++)
            {
                if (!taken[i])
                {
                    double score = ExpectedImprovement.Log(model[free[i]], 0) + penalties[i];
                    if (score > highest && admits(i))
                    {
                        highest = score;
                        found = i;
                    }
                }
            }

            return found;
        }

        bool IsApart(int row) => chosen.TrueForAll(other => KnobMetric.Squared(memory.Space, pool.Points[row], other) >= options.Spacing * options.Spacing);
    }
}
