using Attune.Cli.Output;
using Attune.Numerics;
using Attune.Tuning.Session;

namespace Attune.Cli.Tune;

/// <summary>The last three columns of a tune's table: time by default, time as chosen, gain. All of one row come from one measurement.</summary>
internal static class TaskTimes
{
    /// <summary>What the mark at a gain below 1 means.</summary>
    public const string Footnote = "* slower there than by default: chosen because the model as a whole is faster so, its neighbours or other layers "
        + "of the task gain more";

    /// <summary>The cells.</summary>
    /// <param name="defaultMs">Time of the default configuration alone, milliseconds.</param>
    /// <param name="bestMs">Time of the chosen one alone, milliseconds.</param>
    /// <param name="inModel">Both inside the model; null when all layers are fused into others, or when the model was not timed.</param>
    /// <param name="isTimed">True when the model was timed.</param>
    public static string[] Of(double? defaultMs, double? bestMs, TaskGain? inModel, bool isTimed) => (inModel, isTimed) switch
    {
        ({ } gain, _) => [Time(gain.DefaultMs), Time(gain.TunedMs), Gain(gain.Gain)],
        (null, true) => ["-", "-", "fused"],
        _ => [Time(defaultMs), Time(bestMs), defaultMs is { } before && bestMs is { } after && after < before ? Units.Factor(before / after) : "-"],
    };

    // A gain that the noise hides is marked, and is not claimed to be a loss.
    private static string Gain(PairedRatio? gain) => gain switch
    {
        null => "default",
        { Verdict: RatioVerdict.Slower } => $"{Units.Factor(gain.Median)}*",
        { Verdict: RatioVerdict.Faster } => Units.Factor(gain.Median),
        _ => $"~{Units.Factor(Math.Max(1, gain.Median))}",
    };

    private static string Time(double? milliseconds) => milliseconds is { } known ? Units.Milliseconds(known) : "-";
}
