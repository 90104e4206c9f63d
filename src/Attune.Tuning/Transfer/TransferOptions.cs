using Attune.Tuning.Options;

namespace Attune.Tuning.Transfer;

/// <summary>Parameters of the transfer searcher <c>dgp</c> (ICCV 2021; tuning.md 3.5 to 3.7).</summary>
public sealed record TransferOptions
{
    /// <summary>
    /// Trials at the start that measure the best configurations of earlier tasks over the same configurations, in order of their mean merit, before anything
    /// else. 0 to 1000. Default 16: what recalling finds on recorded GPUs it nearly always finds within that many.
    /// </summary>
    public int Recalled { get; init; } = 16;

    /// <summary>
    /// Where no earlier task has the same configurations: share of the first trials, until eight were timed, that goes to the best configurations by history;
    /// the rest is the cold search's own start. In [0, 1]. Default 0.5: favourites alone teach nothing of the rest (tuning.md 3.5).
    /// </summary>
    public double SelectedShare { get; init; } = 0.5;

    /// <summary>Earlier tasks whose times are looked up one by one, the most alike first, 0 to 16; all of them train the deep process. Default 6.</summary>
    public int Sources { get; init; } = 6;

    /// <summary>Points scored per step, 64 to 65,536; smaller spaces are scored whole. Default 6000.</summary>
    public int Pool { get; init; } = 6000;

    /// <summary>Distance in log2 units within which a point of a batch makes others less attractive, at least 0. Default 1.5.</summary>
    public double Spacing { get; init; } = 1.5;

    /// <summary>
    /// How the prior is trusted, a factor on the odds that prior-driven proposals have against cold ones before anything was measured. Above 0. Default 1.
    /// </summary>
    public double Trust { get; init; } = 1;

    /// <summary>Inducing points M of the deep process trained on history, 8 to 256. Default 48.</summary>
    public int InducingPoints { get; init; } = 48;

    /// <summary>Outputs H of its hidden layer, 1 to 16. Default 4.</summary>
    public int Width { get; init; } = 4;

    /// <summary>Training steps on history, 10 to 20,000. Default 600.</summary>
    public int Steps { get; init; } = 600;

    /// <summary>Prior deviation tau of the last layer when it is tuned to the task, above 0. Default 0.3.</summary>
    public double TuningPrior { get; init; } = 0.3;

    /// <summary>The options by name, with their ranges.</summary>
    public static OptionTable<TransferOptions> Table { get; } = OptionTable<TransferOptions>.Empty
        .Integer(
            "recalled",
            0,
            1000,
            o => o.Recalled,
            (o, v) => o with { Recalled = v },
            "trials at the start that measure the best of earlier tasks over the same configurations")
        .Number(
            "selected-share",
            0,
            1,
            o => o.SelectedShare,
            (o, v) => o with { SelectedShare = v },
            "share of the first trials that history of other shapes chooses; the rest is the cold start")
        .Integer("sources", 0, 16, o => o.Sources, (o, v) => o with { Sources = v }, "earlier tasks over the same space that are looked up one by one")
        .Integer("pool", 64, 65_536, o => o.Pool, (o, v) => o with { Pool = v }, "points scored per step; smaller spaces are scored whole")
        .Number(
            "batch-spacing",
            0,
            100,
            o => o.Spacing,
            (o, v) => o with { Spacing = v },
            "distance within which a point of a batch makes others less attractive, log2 units")
        .Positive("trust", 1000, o => o.Trust, (o, v) => o with { Trust = v }, "odds of the prior against a cold search before anything is measured")
        .Integer("inducing", 8, 256, o => o.InducingPoints, (o, v) => o with { InducingPoints = v }, "inducing points M of the deep process")
        .Integer("width", 1, 16, o => o.Width, (o, v) => o with { Width = v }, "outputs H of its hidden layer")
        .Integer("steps", 10, 20_000, o => o.Steps, (o, v) => o with { Steps = v }, "training steps on history")
        .Positive("tau", 100, o => o.TuningPrior, (o, v) => o with { TuningPrior = v }, "prior deviation tau of the last layer when tuned to the task");

    internal IEnumerable<string> Problems() => Table.Problems(this).Select(problem => $"Transfer: {problem}");
}
