using Attune.Learning;
using Attune.Tuning.Sampling;

namespace Attune.Tuning;

/// <summary>
/// The transfer search (ICCV 2021, reconstructed in tuning.md 3.5 to 3.7): a tuning set that is chosen half by the prior and half by transductive design, then expected
/// improvement under a process that sees what earlier tasks say about every point. Guard band: a cold process that sees nothing of that runs beside it, and the two share the
/// trials as their marginal likelihoods say, so that a misleading prior loses its say after a few measurements. Without history or prior it is a cold search.
/// </summary>
internal sealed class TransferSearch(SearcherOptions options) : IProposer
{
    private const double LeastShare = 0.0;
    private Queue<long>? opening;
    private TransferKnowledge? knowledge;
    private TransferPool? pool;
    private TransferSurrogate? warm;
    private readonly TransferSurrogate cold = new(null);

    public IReadOnlyList<long> Propose(SearchMemory memory, int count)
    {
        knowledge ??= TransferKnowledge.Of(memory.Space, options);
        pool ??= new TransferPool(options.Transfer, knowledge);
        opening ??= new Queue<long>(Opening(memory));
        var proposed = new List<long>();
        while (proposed.Count < count && opening.TryDequeue(out long point))
        {
            if (!memory.IsKnown(point))
            {
                proposed.Add(point);
            }
        }

        if (proposed.Count < count && memory.Timed.Count >= 2)
        {
            Guided(memory, count, proposed);
        }

        return proposed;
    }

    private void Guided(SearchMemory memory, int count, List<long> proposed)
    {
        List<long> points = pool!.Points(memory);
        if (points.Count == 0)
        {
            return;
        }

        double[] runs = Feasible(memory, points);
        cold.Fit(memory);
        int missing = count - proposed.Count;
        int fromWarm = 0;
        if (!knowledge!.IsEmpty)
        {
            knowledge.Look(memory.Timed.Select(observation => observation.Index));
            warm ??= new TransferSurrogate(knowledge);
            warm.Fit(memory);
            double share = Share(memory.Timed.Count);
            fromWarm = (int)Math.Floor((share * missing) + memory.Random.NextDouble());
            Take(memory, points, Scores(warm, memory, points, runs), fromWarm, proposed);
        }

        Take(memory, points, fromWarm < missing ? Scores(cold, memory, points, runs) : [], count - proposed.Count, proposed);
    }

    /// <summary>Posterior probability of the warm process against the cold one, from their evidence over all measurements and the odds of the options.</summary>
    private double Share(int observations)
    {
        double odds = Math.Log(options.Transfer.Trust) + (observations * (warm!.Evidence - cold.Evidence));
        return Math.Max(LeastShare, 1 / (1 + Math.Exp(Math.Clamp(-odds, -50, 50))));
    }

    private static double[] Scores(TransferSurrogate surrogate, SearchMemory memory, List<long> points, double[] runs)
    {
        double[] scores = surrogate.Improvements(memory, points);
        for (int i = 0; i < scores.Length; i++)
        {
            scores[i] *= runs[i];
        }

        return scores;
    }

    private void Take(SearchMemory memory, List<long> points, double[] scores, int count, List<long> proposed)
    {
        if (count <= 0)
        {
            return;
        }

        double least = options.Transfer.Spacing * options.Transfer.Spacing;
        int wanted = proposed.Count + count;
        int[] order = [.. Enumerable.Range(0, points.Count).OrderByDescending(i => scores[i]).ThenBy(i => points[i])];
        foreach (bool strict in new[] { true, false })
        {
            foreach (int i in order)
            {
                if (proposed.Count >= wanted)
                {
                    return;
                }

                long point = points[i];
                if (!proposed.Contains(point) && (!strict || proposed.TrueForAll(other => KnobMetric.Squared(memory.Space, point, other) >= least)))
                {
                    proposed.Add(point);
                }
            }
        }
    }

    /// <summary>Probability that points build and run, from those that did not.</summary>
    private static double[] Feasible(SearchMemory memory, List<long> points)
    {
        var probability = new double[points.Count];
        Array.Fill(probability, 1);
        if (memory.FailedFeatures is not { } failed || memory.TimedFeatures is not { } timed)
        {
            return probability;
        }

        var table = new FeatureTable(timed.Columns, timed.Rows + failed.Rows);
        var labels = new float[timed.Rows + failed.Rows];
        for (int row = 0; row < labels.Length; row++)
        {
            table.Add(row < timed.Rows ? timed.Row(row) : failed.Row(row - timed.Rows));
            labels[row] = row < timed.Rows ? 1 : 0;
        }

        var trees = new GradientBoostedTrees(new GradientBoostedTreesOptions { BaseScore = 1 });
        trees.Fit(table, labels, []);
        for (int i = 0; i < probability.Length; i++)
        {
            probability[i] = Math.Clamp(trees.Predict(memory.FeaturesOf(points[i])), 0.01, 1);
        }

        return probability;
    }

    /// <summary>The tuning set: the prior's favourites and a transductive design by turns.</summary>
    private List<long> Opening(SearchMemory memory)
    {
        int size = Math.Max(0, (options.Transfer.TuningSet ?? options.InitialSize) - memory.Told - memory.Pending);
        int selected = knowledge!.IsEmpty ? 0 : (int)Math.Round(size * options.Transfer.SelectedShare);
        List<long> favourites = selected > 0 ? Favourites(memory, selected) : [];
        IReadOnlyList<long> spread = BatchTransductiveDesign.Choose(memory, size - favourites.Count, options.Bted);
        var points = new List<long>();
        for (int i = 0; i < Math.Max(favourites.Count, spread.Count); i++)
        {
            points.AddRange(favourites.Skip(i).Take(1));
            points.AddRange(spread.Skip(i).Take(1));
        }

        return [.. points.Distinct()];
    }

    /// <summary>The best by the mean of the experts, and by turns the best of each expert, so that one good source among bad ones is heard.</summary>
    private List<long> Favourites(SearchMemory memory, int count)
    {
        List<long> points = pool!.Points(memory);
        var chosen = new List<long>();
        int voices = knowledge!.Experts.Length;
        Queue<long>[] queues = [Ordered(knowledge.MeanOf), .. Enumerable.Range(0, voices).Select(e => Ordered(point => knowledge[point][e]))];
        for (int turn = 0; chosen.Count < Math.Min(count, points.Count); turn++)
        {
            Queue<long> queue = turn % 2 == 0 ? queues[0] : queues[1 + (turn / 2 % voices)];
            while (queue.TryDequeue(out long point))
            {
                if (!chosen.Contains(point))
                {
                    chosen.Add(point);
                    break;
                }
            }
        }

        return chosen;

        Queue<long> Ordered(Func<long, double> merit) => new(points.OrderByDescending(merit).ThenBy(point => point).Take(2 * count));
    }
}
