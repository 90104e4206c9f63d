using Attune.Learning;
using Attune.Learning.Gaussian;
using Attune.Tuning.Bao;
using Attune.Tuning.Options;
using Attune.Tuning.Search;

namespace Attune.Tuning.Auto;

/// <summary>
/// Parameters of <c>auto</c>, Attune's own search: a small transductive design, then in turns expected improvement under a blend of boosted trees and a
/// Gaussian process, expected improvement under the process alone, and a step of BAO.
/// </summary>
public sealed record AutoOptions
{
    /// <summary>Points of the initial set at most, at least 1; a number given in <see cref="SearcherOptions.InitialPoints"/> goes before. Default 10.</summary>
    public int InitialLimit { get; init; } = 10;

    /// <summary>Share of the Gaussian process in the blend; the rest is the trees'. In [0, 1]. Default 0.6.</summary>
    public double GaussianShare { get; init; } = 0.6;

    /// <summary>
    /// Share of the variance that the process cannot explain which counts as roughness of the space rather than noise of measuring. In [0, 1]. Default 0.5.
    /// With 0 the search holds that nothing is to be gained among the neighbours of a good point where times are erratic.
    /// </summary>
    public double Roughness { get; init; } = 0.5;

    /// <summary>
    /// True takes every third point from a step of BAO, which follows the best points; false from the models of the whole pool only. Default true.
    /// </summary>
    public bool Local { get; init; } = true;

    /// <summary>Bootstrap resamples of the trees, each with a model of its own. Range 1 to 32. Default 4.</summary>
    public int Resamples { get; init; } = 4;

    /// <summary>Valid points up to which all of them are candidates at every step. Range 0 to 65,536; cost is linear in it. Default 6144.</summary>
    public int WholeSpace { get; init; } = 6144;

    /// <summary>Candidates per step in larger spaces. Range 16 to 65,536. Default 1024.</summary>
    public int Candidates { get; init; } = 1024;

    /// <summary>Share of those that is drawn from the whole space; the rest is near the best points. In [0, 1]. Default 0.3.</summary>
    public double GlobalShare { get; init; } = 0.3;

    /// <summary>Best points around which candidates are taken. Range 1 to 64. Default 4.</summary>
    public int Centres { get; init; } = 4;

    /// <summary>Radius of the neighbourhoods in log2 units. Above 0. Default 3.</summary>
    public double Radius { get; init; } = 3;

    /// <summary>Least distance between the points of one batch in log2 units. At least 0. Default 1.</summary>
    public double Spacing { get; init; } = 1;

    /// <summary>Measured rows that the process's parameters are fitted on, at most. Range 16 to 1000; cost grows with its cube. Default 96.</summary>
    public int FitRows { get; init; } = 96;

    /// <summary>True adds the odd part of every tile factor to the features, so that models see alignment. Default true.</summary>
    public bool Alignment { get; init; } = true;

    /// <summary>The trees' parameters.</summary>
    public GradientBoostedTreesOptions Trees { get; init; } = new();

    /// <summary>BAO's parameters for its share of the points.</summary>
    public BaoOptions Bao { get; init; } = new();

    /// <summary>The Gaussian process's parameters.</summary>
    public GaussianProcessOptions Gaussian { get; init; } = new() { LengthScale = 0.7, Noise = 0.01, NoisePrior = 1, Evaluations = 25 };

    /// <summary>The options by name, with their ranges.</summary>
    public static OptionTable<AutoOptions> Table { get; } = OptionTable<AutoOptions>.Empty
        .Integer("initial-limit", 1, 1000, o => o.InitialLimit, (o, v) => o with { InitialLimit = v }, "points of the initial set, at most")
        .Number(
            "gaussian-share",
            0,
            1,
            o => o.GaussianShare,
            (o, v) => o with { GaussianShare = v },
            "share of the Gaussian process in the blend with boosted trees")
        .Number("roughness", 0, 1, o => o.Roughness, (o, v) => o with { Roughness = v }, "share of the unexplained variance that is the space's, not noise")
        .Flag("local", o => o.Local, (o, v) => o with { Local = v }, "take every third point from a step of BAO")
        .Integer("resamples", 1, 32, o => o.Resamples, (o, v) => o with { Resamples = v }, "bootstrap resamples of the trees")
        .Integer("whole-space", 0, 65_536, o => o.WholeSpace, (o, v) => o with { WholeSpace = v }, "valid points up to which every step looks at all of them")
        .Integer("candidates", 16, 65_536, o => o.Candidates, (o, v) => o with { Candidates = v }, "candidates per step in larger spaces")
        .Number("global-share", 0, 1, o => o.GlobalShare, (o, v) => o with { GlobalShare = v }, "share of the candidates drawn from the whole space")
        .Integer("centres", 1, 64, o => o.Centres, (o, v) => o with { Centres = v }, "best points around which the other candidates are taken")
        .Positive("radius", 1000, o => o.Radius, (o, v) => o with { Radius = v }, "radius around them in log2 units")
        .Number("spacing", 0, 1000, o => o.Spacing, (o, v) => o with { Spacing = v }, "least distance between the points of a batch, log2 units")
        .Integer("fit-rows", 16, 1000, o => o.FitRows, (o, v) => o with { FitRows = v }, "rows that the process's parameters are fitted on, at most")
        .Flag("alignment", o => o.Alignment, (o, v) => o with { Alignment = v }, "add the odd part of every tile factor to the features")
        .And(TreeOptions.Table.Within<AutoOptions>(o => o.Trees, (o, v) => o with { Trees = v }, "tree-"))
        .And(BaoOptions.Table.Within<AutoOptions>(o => o.Bao, (o, v) => o with { Bao = v }, "local-"));

    internal IEnumerable<string> Problems() =>
        [.. Table.Problems(this).Select(problem => $"Auto: {problem}"), .. Bao.Problems().Select(problem => $"Auto, local: {problem}")];
}
