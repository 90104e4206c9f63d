using Attune.Learning;
using Attune.Learning.Classification;
using Attune.Tuning.Auto;
using Attune.Tuning.Sampling;
using Attune.Tuning.Search;

namespace Attune.Tuning.Transfer;

/// <summary>
/// The transfer search (ICCV 2021, reconstructed in tuning.md 3.5 to 3.7) as a stage in front of a cold search. Where earlier tasks have the same
/// configurations, their best are measured first (<see cref="RecallSearch"/>), then the cold search's own start; where they are only alike, half of the first
/// batches is what they say is best. Then expected improvement under a model that sees what earlier tasks say about every point, and, while the best point so
/// far is one that history proposed, now and then what the earlier tasks say is best, each believed as far as it was right here. Guard band: history takes only
/// the share of the trials that its forecasts deserve against those of a model without history (<see cref="TransferJudge"/>) and leaves the others to the
/// stages behind it, so that a misleading prior loses its say after a few measurements. Without history or prior it says nothing and the search is the cold
/// one, point by point.
/// </summary>
/// <param name="options">Options of the search, with its history and prior.</param>
/// <param name="recall">The stage before, which measures the best of earlier tasks.</param>
internal sealed class TransferSearch(SearcherOptions options, RecallSearch recall) : IProposer
{
    private const int MinTimed = 8;
    private const int MaxFavourites = 24;
    private const int MinJudged = 4;
    private const double MaxShare = 0.9;

    // After the best of earlier tasks were measured outright, half for what the cold search would do costs little and repairs much.
    private const double MaxAfterRecall = 0.5;
    private const int VoicesFrom = 40;
    private const int VoiceEvery = 4;
    private const int VoicePatience = 6;
    private const double Gain = 0.01;
    private const double Halving = 16;
    private const double FavouriteSpacing = 1.5;
    private const int Voiced = 200;
    private readonly FeasibilityModel feasibility = new(options.Auto.Trees);
    private readonly TrialTable trials = new();
    private readonly TransferSurrogate cold = new(null);
    private readonly TransferJudge judge = new(options.Transfer.Trust);
    private readonly HashSet<long> own = [];
    private readonly HashSet<long> voiced = [];
    private TransferKnowledge? knowledge;
    private TransferPool? pool;
    private TransferSurrogate? warm;
    private int settled;
    private int steps;

    public IReadOnlyList<long> Propose(SearchMemory memory, int count)
    {
        knowledge ??= TransferKnowledge.Of(memory.Space, options);
        if (knowledge.IsEmpty)
        {
            return [];
        }

        // The start of the cold search is not counted short for what was recalled: models that saw nothing but favourites know nothing of the rest.
        bool isRecalled = recall.Offered.Count > 0;
        if (isRecalled && memory.Told + memory.Pending - recall.Offered.Count < options.Auto.InitialLimit)
        {
            return [];
        }

        pool ??= new TransferPool(options.Transfer, knowledge);
        if (memory.Timed.Count < MinTimed)
        {
            return memory.Told + memory.Pending < MaxFavourites ? Favourites(memory, Portion(memory, options.Transfer.SelectedShare, count)) : [];
        }

        Learn(memory);
        double share = Math.Min(
            isRecalled ? MaxAfterRecall : MaxShare, judge.Judged < MinJudged ? Evidence(memory) : judge.Share) * Math.Pow(2, -Idle(memory, own) / Halving);
        int chosen = Portion(memory, share, count);
        if (chosen == 0)
        {
            return [];
        }

        List<long> points = pool.Points(memory);
        if (isRecalled && memory.Told >= VoicesFrom && Leads(memory) && Idle(memory, voiced) < VoicePatience && steps++ % VoiceEvery == 0)
        {
            double[] weights = SourceWeights.Of(memory, knowledge);
            List<long> said = [.. points.OrderByDescending(point => SourceWeights.Merit(weights, knowledge[point])).ThenBy(point => point).Take(chosen)];
            own.UnionWith(said);
            voiced.UnionWith(said);
            return said;
        }

        List<long> best = Best(memory, points, warm!.Predict(memory, points, noisy: false), chosen);
        own.UnionWith(best);
        return best;
    }

    /// <summary>Holds the forecasts of the last step against what was measured since, then fits both models anew.</summary>
    private void Learn(SearchMemory memory)
    {
        Observation[] fresh = [.. memory.Timed.Skip(settled)];
        long[] points = [.. fresh.Select(observation => observation.Index)];
        knowledge!.Look(points);
        if (warm is not null && fresh.Length > 0)
        {
            judge.Compare(fresh, warm.Predict(memory, points, noisy: true), cold.Predict(memory, points, noisy: true));
        }

        settled = memory.Timed.Count;
        warm ??= new TransferSurrogate(knowledge);
        warm.Fit(memory);
        cold.Fit(memory);
    }

    /// <summary>
    /// Posterior probability of the warm process against the cold one by their marginal likelihoods: what there is to go by before forecasts came true or not.
    /// </summary>
    private double Evidence(SearchMemory memory)
    {
        double odds = Math.Log(options.Transfer.Trust) + (memory.Timed.Count * (warm!.Evidence - cold.Evidence));
        return 1 / (1 + Math.Exp(Math.Clamp(-odds, -50, 50)));
    }

    /// <summary>True when the best point so far is one that history proposed.</summary>
    private bool Leads(SearchMemory memory) => memory.Best is { } best && (own.Contains(best.Index) || recall.Offered.Contains(best.Index));

    /// <summary>How many of some proposals were measured since the last of them that was faster than all before it by more than noise.</summary>
    private static int Idle(SearchMemory memory, HashSet<long> proposed)
    {
        double best = double.PositiveInfinity;
        int idle = 0;
        foreach (Observation observation in memory.Timed)
        {
            bool gains = observation.TimeMs < (1 - Gain) * best;
            if (proposed.Contains(observation.Index))
            {
                idle = gains ? 0 : idle + 1;
            }

            best = Math.Min(best, observation.TimeMs);
        }

        return idle;
    }

    /// <summary>A share of a batch as a whole number that is right on average.</summary>
    private static int Portion(SearchMemory memory, double share, int count) => (int)Math.Floor((share * count) + memory.Random.NextDouble());

    /// <summary>
    /// The points of largest expected improvement times probability of running. Each choice lowers the score of points near it, or a plateau would fill the
    /// batch.
    /// </summary>
    private List<long> Best(SearchMemory memory, List<long> points, Estimate[] merits, int count)
    {
        var chosen = new List<long>(count);
        trials.Update(memory);
        feasibility.Fit(trials.Features!, trials.Ran);
        double[] scores = [.. points.Select(
            (point, i) => ExpectedImprovement.Log(merits[i], warm!.Best) + Math.Log(Math.Max(1e-6, feasibility.Probability(memory.FeaturesOf(point)))))];
        double width = 2 * options.Transfer.Spacing * options.Transfer.Spacing;
        while (chosen.Count < Math.Min(count, points.Count))
        {
            int pick = Array.IndexOf(scores, scores.Max());
            chosen.Add(points[pick]);
            for (int i = 0; i < scores.Length; i++)
            {
                scores[i] += width > 0 ? Math.Log(1 - Math.Exp(-Math.Max(1e-3, KnobMetric.Squared(memory.Space, points[i], points[pick])) / width)) : 0;
            }

            scores[pick] = double.NegativeInfinity;
        }

        return chosen;
    }

    /// <summary>
    /// The best by the mean of the experts, and by turns the best of each expert, so that one good source among bad ones is heard; apart from each other while
    /// that is possible, since the very best of a source are one configuration in many dresses.
    /// </summary>
    private List<long> Favourites(SearchMemory memory, int count)
    {
        List<long> points = pool!.Points(memory);
        var chosen = new List<long>();
        int voices = knowledge!.Recalled > 0 ? knowledge.Recalled : knowledge.Experts.Length;
        foreach (double apart in new[] { FavouriteSpacing, 1, 0 })
        {
            Queue<long>[] queues = [Ordered(knowledge.MeanOf), .. Enumerable.Range(0, voices > 1 ? voices : 0).Select(
                e => Ordered(point => knowledge[point][e]))];
            for (int turn = 0; chosen.Count < Math.Min(count, points.Count) && queues.Any(queue => queue.Count > 0); turn++)
            {
                Queue<long> queue = queues.Length == 1 || turn % 2 == 0 ? queues[0] : queues[1 + (turn / 2 % voices)];
                while (queue.TryDequeue(out long point))
                {
                    if (!chosen.Contains(point) && own.Concat(chosen).All(other => KnobMetric.Squared(memory.Space, point, other) >= apart * apart))
                    {
                        chosen.Add(point);
                        break;
                    }
                }
            }
        }

        own.UnionWith(chosen);
        return chosen;

        Queue<long> Ordered(Func<long, double> merit) => new(points.OrderByDescending(merit).ThenBy(point => point).Take(Voiced));
    }
}
