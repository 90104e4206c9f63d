using Attune.Learning;

namespace Attune.Tuning;

/// <summary>
/// Parameters of Bootstrap-guided Adaptive Optimisation (BAO, DATE 2021, algorithms 3 and 4). The defaults search better than the printed algorithm at the budgets of
/// a network's tasks; <see cref="Paper"/> is the printed one.
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
    };

    /// <summary>Radius R of the neighbourhood in log2 units: 1 doubles or halves one factor. Above 0. Default 3.</summary>
    public double Radius { get; init; } = 3;

    /// <summary>Factor tau on the radius when the last step gained too little. At least 1. Default 1.5.</summary>
    public double Growth { get; init; } = 1.5;

    /// <summary>Relative gain eta between two steps below which the radius grows, a fraction. Default 0.05.</summary>
    public double LeastGain { get; init; } = 0.05;

    /// <summary>Bootstrap resamples Gamma, each with its own model; cost is linear. Range 1 to 32. Default 4; the paper has 2.</summary>
    public int Resamples { get; init; } = 4;

    /// <summary>Candidates scored per centre, at most. Range 16 to 65,536. Default 512.</summary>
    public int CandidateLimit { get; init; } = 512;

    /// <summary>Share of candidates taken around the best point so far rather than the last one. In [0, 1]. Default 0.5; the paper has 0.</summary>
    public double IncumbentShare { get; init; } = 0.5;

    /// <summary>Share of candidates drawn from the whole space. In [0, 1]. Default 0.25; the paper has 0.</summary>
    public double GlobalShare { get; init; } = 0.25;

    /// <summary>Weight kappa of the models' disagreement in the score. At least 0. Default 1; the paper has 0.</summary>
    public double Exploration { get; init; } = 1;

    /// <summary>Least distance between the points of one batch in log2 units. At least 0. Default 1.</summary>
    public double Spacing { get; init; } = 1;

    /// <summary>True trains failures as performance 0 (the paper); false learns where points fail and lowers the score there.</summary>
    public bool FailuresAreZeros { get; init; }

    /// <summary>The evaluation function's parameters.</summary>
    public GradientBoostedTreesOptions Trees { get; init; } = new();

    internal IEnumerable<string> Problems()
    {
        if (!(Radius > 0) || !double.IsFinite(Radius))
        {
            yield return $"Bao.Radius {Radius} is not above 0";
        }

        if (!(Growth >= 1) || !double.IsFinite(Growth))
        {
            yield return $"Bao.Growth {Growth} is below 1";
        }

        if (Resamples is < 1 or > 32)
        {
            yield return $"Bao.Resamples {Resamples} is not in 1..32";
        }

        if (CandidateLimit is < 16 or > 65_536)
        {
            yield return $"Bao.CandidateLimit {CandidateLimit} is not in 16..65536";
        }

        if (IncumbentShare is not (>= 0 and <= 1) || GlobalShare is not (>= 0 and <= 1) || IncumbentShare + GlobalShare > 1)
        {
            yield return $"Bao.IncumbentShare {IncumbentShare} and Bao.GlobalShare {GlobalShare} must be in 0..1 together";
        }

        if (!(Exploration >= 0) || !(Spacing >= 0))
        {
            yield return $"Bao.Exploration {Exploration} and Bao.Spacing {Spacing} must not be negative";
        }
    }
}
