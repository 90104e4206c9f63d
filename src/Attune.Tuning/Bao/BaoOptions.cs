using Attune.Learning;
using Attune.Tuning.Options;

namespace Attune.Tuning.Bao;

/// <summary>
/// Parameters of Bootstrap-guided Adaptive Optimisation (BAO, DATE 2021, algorithms 3 and 4). The defaults search better than the printed algorithm at the
/// budgets of a network's tasks; <see cref="Paper"/> is the printed one.
/// </summary>
public sealed record BaoOptions
{
    /// <summary>The algorithm as printed, with the resolutions that design notes give to its ambiguous points.</summary>
    public static readonly BaoOptions Paper = new()
    {
        IncumbentShare = 0,
        GlobalShare = 0,
        Exploration = 0,
        Resamples = 2,
        CandidateLimit = 1024,
        FailuresAreZeros = true,
        RefitAllUpTo = 1_000_000,
        Alignment = false,
    };

    /// <summary>Radius R of the neighbourhood in log2 units: 1 doubles or halves one factor. Above 0. Default 3.</summary>
    public double Radius { get; init; } = 3;

    /// <summary>Factor tau on the radius when the last step gained too little. At least 1. Default 1.5.</summary>
    public double Growth { get; init; } = 1.5;

    /// <summary>Relative gain eta between two steps below which the radius grows, a fraction. Default 0.05.</summary>
    public double MinGain { get; init; } = 0.05;

    /// <summary>Bootstrap resamples Gamma, each with its own model; cost is linear. Range 1 to 32. Default 4; the paper has 2.</summary>
    public int Resamples { get; init; } = 4;

    /// <summary>Candidates scored per centre, at most. Range 16 to 65,536. Default 1024.</summary>
    public int CandidateLimit { get; init; } = 1024;

    /// <summary>Share of candidates taken around the best point so far rather than the last one. In [0, 1]. Default 0.3; the paper has 0.</summary>
    public double IncumbentShare { get; init; } = 0.3;

    /// <summary>Share of candidates drawn from the whole space. In [0, 1]. Default 0.6; the paper has 0.</summary>
    public double GlobalShare { get; init; } = 0.6;

    /// <summary>Weight kappa of the models' disagreement in the score. At least 0. Default 3; the paper has 0.</summary>
    public double Exploration { get; init; } = 3;

    /// <summary>Least distance between the points of one batch in log2 units. At least 0. Default 1.</summary>
    public double Spacing { get; init; } = 1;

    /// <summary>True trains failures as performance 0 (the paper); false learns where points fail and lowers the score there.</summary>
    public bool FailuresAreZeros { get; init; }

    /// <summary>
    /// Timed points up to which every step fits all models anew. With n points more than that, a step without a new best fits this / n of them in turn, so that
    /// the cost of a step stays. Range 1 to 1,000,000. Default 256; the paper always fits all.
    /// </summary>
    public int RefitAllUpTo { get; init; } = 256;

    /// <summary>True adds the odd part of every tile factor to the features, so that models see alignment; the paper has none. Default true.</summary>
    public bool Alignment { get; init; } = true;

    /// <summary>The evaluation function's parameters.</summary>
    public GradientBoostedTreesOptions Trees { get; init; } = new() { Bins = 64 };

    /// <summary>The options by name, with their ranges.</summary>
    public static OptionTable<BaoOptions> Table { get; } = OptionTable<BaoOptions>.Empty
        .Preset("paper", _ => Paper, "BAO as printed (DATE 2021)")
        .Positive("radius", 1000, o => o.Radius, (o, v) => o with { Radius = v }, "radius R of the neighbourhood in log2 units")
        .Number("growth", 1, 1000, o => o.Growth, (o, v) => o with { Growth = v }, "factor tau on the radius after a step that gained too little")
        .Number("least-gain", 0, 1, o => o.MinGain, (o, v) => o with { MinGain = v }, "relative gain eta below which the radius grows")
        .Integer("resamples", 1, 32, o => o.Resamples, (o, v) => o with { Resamples = v }, "bootstrap resamples Gamma, each with a model of its own")
        .Integer("candidates", 16, 65_536, o => o.CandidateLimit, (o, v) => o with { CandidateLimit = v }, "candidates scored per centre, at most")
        .Number("incumbent-share", 0, 1, o => o.IncumbentShare, (o, v) => o with { IncumbentShare = v }, "share of candidates around the best point")
        .Number("global-share", 0, 1, o => o.GlobalShare, (o, v) => o with { GlobalShare = v }, "share of candidates from the whole space")
        .Number("exploration", 0, 1000, o => o.Exploration, (o, v) => o with { Exploration = v }, "weight kappa of the models' disagreement")
        .Number("spacing", 0, 1000, o => o.Spacing, (o, v) => o with { Spacing = v }, "least distance between the points of a batch, log2 units")
        .Flag("failures-are-zeros", o => o.FailuresAreZeros, (o, v) => o with { FailuresAreZeros = v }, "train failures as performance 0, as the paper does")
        .Integer(
            "refit-all-up-to",
            1,
            1_000_000,
            o => o.RefitAllUpTo,
            (o, v) => o with { RefitAllUpTo = v },
            "timed points up to which every step fits all models anew")
        .Flag("alignment", o => o.Alignment, (o, v) => o with { Alignment = v }, "add the odd part of every tile factor to the features")
        .And(TreeOptions.Table.Within<BaoOptions>(o => o.Trees, (o, v) => o with { Trees = v }, "tree-"));

    internal IEnumerable<string> Problems()
    {
        foreach (string problem in Table.Problems(this))
        {
            yield return $"Bao: {problem}";
        }

        if (IncumbentShare + GlobalShare > 1)
        {
            yield return $"Bao: incumbent-share {IncumbentShare} and global-share {GlobalShare} exceed 1 together";
        }
    }
}
