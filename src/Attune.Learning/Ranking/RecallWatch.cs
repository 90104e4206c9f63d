namespace Attune.Learning.Ranking;

/// <summary>Follows the a-recall over boosting rounds and says when it has not risen for long enough.</summary>
internal sealed class RecallWatch
{
    private readonly EarlyStop stop;
    private readonly int[] judged;
    private readonly int[] ranks;
    private readonly float[] predictions;
    private double best = double.NegativeInfinity;
    private int rounds;

    private RecallWatch(EarlyStop stop, int[] judged, ReadOnlySpan<float> labels)
    {
        this.stop = stop;
        this.judged = judged;
        var own = new float[judged.Length];
        for (int i = 0; i < judged.Length; i++)
        {
            own[i] = labels[judged[i]];
        }

        ranks = AverageRecall.RanksOf(own);
        predictions = new float[judged.Length];
    }

    /// <summary>Trees up to the best round.</summary>
    public int BestTrees { get; private set; }

    /// <summary>Begins; sets the weights of held-out rows to 0.</summary>
    public static RecallWatch Start(EarlyStop stop, ReadOnlySpan<float> labels, Span<float> weights, int seed)
    {
        var taking = new List<int>(weights.Length);
        for (int row = 0; row < weights.Length; row++)
        {
            if (weights[row] > 0)
            {
                taking.Add(row);
            }
        }

        int[] rows = [.. taking];
        var held = (int)(rows.Length * stop.HoldOut);
        if (held > 0)
        {
            new Random(seed).Shuffle(rows);
            rows = rows[..held];
            foreach (int row in rows)
            {
                weights[row] = 0;
            }
        }

        return new RecallWatch(stop, rows, labels);
    }

    /// <summary>Looks at the margins after a round.</summary>
    public bool Ends(ReadOnlySpan<float> margins)
    {
        rounds++;
        for (int i = 0; i < judged.Length; i++)
        {
            predictions[i] = margins[judged[i]];
        }

        double recall = AverageRecall.Of(predictions, ranks, stop.Top);
        if (recall > best)
        {
            best = recall;
            BestTrees = rounds;
        }

        return rounds - BestTrees >= stop.Patience;
    }
}
