using Attune.Learning.Ranking;

namespace Attune.Learning;

/// <summary>Parameters of <see cref="GradientBoostedTrees"/>; the names in parentheses are XGBoost's. Defaults are AutoTVM's.</summary>
public sealed record GradientBoostedTreesOptions
{
    /// <summary>Trees to grow. Range 1 to 10,000. More trees fit closer and cost linearly more. Default 40.</summary>
    public int Rounds { get; init; } = 40;

    /// <summary>Levels of splits per tree (max_depth). Range 1 to 10. Default 3.</summary>
    public int Depth { get; init; } = 3;

    /// <summary>Shrinkage of every leaf (eta), in (0, 1]. Default 0.3.</summary>
    public float LearningRate { get; init; } = 0.3f;

    /// <summary>L2 penalty of leaf values (lambda), at least 0. Default 1.</summary>
    public float Ridge { get; init; } = 1f;

    /// <summary>Gain below which a split is pruned (gamma), at least 0. Default 1e-4.</summary>
    public float MinGain { get; init; } = 1e-4f;

    /// <summary>Least sum of weights on each side of a split (min_child_weight), at least 0. Default 1.</summary>
    public float MinChildWeight { get; init; } = 1f;

    /// <summary>Prediction before the first tree (base_score). Default 0.5.</summary>
    public float BaseScore { get; init; } = 0.5f;

    /// <summary>What the trees minimise (objective). Default squared error.</summary>
    public BoostingLoss Loss { get; init; }

    /// <summary>
    /// 0 tries every boundary between values of a column (tree_method exact). 2 to 256: columns with more different values than this are cut into so many bins
    /// (tree_method hist), which is several times faster and loses nothing on columns with fewer. Default 0.
    /// </summary>
    public int Bins { get; init; }

    /// <summary>When to stop before <see cref="Rounds"/>; null grows them all. Default null.</summary>
    public EarlyStop? Stop { get; init; }

    /// <summary>Seed of the partners of the pairwise loss and of the rows held out. Default 0.</summary>
    public int Seed { get; init; }

    /// <summary>AutoTVM's model: at most 8000 rounds, stopped 20 rounds after the best training recall of the plan's size, all trees kept.</summary>
    public static GradientBoostedTreesOptions Autotvm(BoostingLoss loss, int plan = 64) =>
        new() { Rounds = 8000, Loss = loss, Stop = new EarlyStop { Top = plan, Patience = 20, KeepsAll = true } };

    /// <summary>AutoTVM's model of history: at most 400 rounds, patience 100, recall at twice the plan's size.</summary>
    public static GradientBoostedTreesOptions AutotvmHistory(BoostingLoss loss, int plan = 64) =>
        new() { Rounds = 400, Loss = loss, Stop = new EarlyStop { Top = 2 * plan, Patience = 100, KeepsAll = true } };

    /// <summary>Where partners of the pairwise loss come from; null takes <see cref="Seed"/>.</summary>
    internal Func<IPartnerDraws>? PartnerDraws { get; init; }

    /// <summary>Checks every range.</summary>
    /// <exception cref="ArgumentException">Names all values out of range.</exception>
    public GradientBoostedTreesOptions Validated()
    {
        var wrong = new List<string>();
        Require(Rounds is >= 1 and <= 10_000, $"Rounds {Rounds} is not in 1..10000");
        Require(Depth is >= 1 and <= 10, $"Depth {Depth} is not in 1..10");
        Require(LearningRate is > 0 and <= 1, $"LearningRate {LearningRate} is not in (0, 1]");
        Require(Ridge >= 0, $"Ridge {Ridge} is negative");
        Require(MinGain >= 0, $"MinGain {MinGain} is negative");
        Require(MinChildWeight >= 0, $"MinChildWeight {MinChildWeight} is negative");
        Require(float.IsFinite(BaseScore), $"BaseScore {BaseScore} is not finite");
        Require(Enum.IsDefined(Loss), $"Loss {Loss} is unknown");
        Require(Loss != BoostingLoss.Logistic || BaseScore is > 0 and < 1, $"BaseScore {BaseScore} is not in (0, 1), as the logistic loss needs");
        Require(Bins is 0 or (>= 2 and <= 256), $"Bins {Bins} is neither 0 nor in 2..256");
        wrong.AddRange(Stop?.Problems() ?? []);
        return wrong.Count == 0 ? this : throw new ArgumentException($"Boosted trees: {string.Join("; ", wrong)}.");

        void Require(bool holds, string otherwise)
        {
            if (!holds)
            {
                wrong.Add(otherwise);
            }
        }
    }
}
