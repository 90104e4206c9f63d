namespace Attune.Learning;

/// <summary>
/// When boosting ends before its last round: the a-recall of the best <see cref="Top"/> rows (<see cref="Ranking.AverageRecall"/>) did not rise for
/// <see cref="Patience"/> rounds.
/// </summary>
public sealed record EarlyStop
{
    /// <summary>N of the a-recall, the number of points a plan picks. At least 1. Default 64 (AutoTVM's plan; 128 for its history model).</summary>
    public int Top { get; init; } = 64;

    /// <summary>Rounds without a rise that end boosting. At least 1. Default 20 (AutoTVM; 100 for its history model).</summary>
    public int Patience { get; init; } = 20;

    /// <summary>Share of rows that are kept out of training and judge instead, in [0, 0.5]. 0 judges on the training rows as AutoTVM does. Default 0.</summary>
    public double HoldOut { get; init; }

    /// <summary>True keeps the trees grown after the best round, as AutoTVM does; false drops them. Default false.</summary>
    public bool KeepsAll { get; init; }

    internal IEnumerable<string> Problems()
    {
        if (Top < 1 || Patience < 1)
        {
            yield return $"Stop.Top {Top} and Stop.Patience {Patience} must be at least 1";
        }

        if (HoldOut is not (>= 0 and <= 0.5))
        {
            yield return $"Stop.HoldOut {HoldOut} is not in 0..0.5";
        }
    }
}
