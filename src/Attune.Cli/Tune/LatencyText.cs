using Attune.Cli.Output;
using Attune.Numerics;
using Attune.Tuning.Session;

namespace Attune.Cli.Tune;

/// <summary>What is said about the latency of the whole model: one estimate, its interval, and what follows from it.</summary>
internal static class LatencyText
{
    /// <summary>The line of the report, without its heading.</summary>
    /// <param name="outcome">What was found.</param>
    public static string Line(TuneOutcome outcome) => outcome switch
    {
        { BeforeMs: null } => "not timed",
        { KeptDefaults: true, Latency.Gain: { Verdict: RatioVerdict.Slower } gain } =>
            $"{Time(outcome.BeforeMs)}, default configurations kept: the tuned model is slower ({Ratio(gain)})",
        { KeptDefaults: true, Latency.Gain: { } gain } =>
            $"{Time(outcome.BeforeMs)}, default configurations kept: cannot tell whether the tuned model is faster ({Ratio(gain)})",
        { Latency.Gain: { } gain } => $"{Time(outcome.BeforeMs)} -> {Time(outcome.AfterMs)} ({Ratio(gain)})",
        { Latency: not null } => $"{Time(outcome.BeforeMs)}, default configurations throughout",
        _ => $"{Time(outcome.BeforeMs)} -> {Time(outcome.AfterMs)}, sums of layers timed alone",
    };

    /// <summary>Why the default configurations were kept and what to do about it; null when they were not.</summary>
    /// <param name="outcome">What was found.</param>
    /// <param name="records">Where the trials are kept.</param>
    public static string? Warning(TuneOutcome outcome, string records) => outcome switch
    {
        { KeptDefaults: true, Latency.Gain: { Verdict: RatioVerdict.Slower } gain } =>
            $"As a whole the tuned model was slower than with default configurations ({Interval(gain)}), so those were written. " +
            $"{records} keeps every trial: run the same command again, on a quiet machine or with a larger --budget.",
        { KeptDefaults: true, Latency.Gain: { } gain } =>
            $"Cannot tell whether the tuned model is faster: interval {Interval(gain)} at this noise ({Noise(gain)} from pair to pair). " +
            "A model that may be slower is never written, so the default configurations were. " +
            $"{records} keeps every trial: run the same command again on a quiet machine (attune doctor shows the noise).",
        _ => null,
    };

    private static string Ratio(PairedRatio gain) =>
        $"{gain.Median:0.00}x {Interval(gain)} over default configurations; {gain.Pairs} alternating pairs, noise {Noise(gain)}";

    // An end that is beyond 1 must not be rounded to it.
    private static string Interval(PairedRatio gain)
    {
        bool fine = Math.Abs(gain.Low - 1) < 0.005 || Math.Abs(gain.High - 1) < 0.005;
        return fine ? $"[{gain.Low:0.0000}, {gain.High:0.0000}]" : $"[{gain.Low:0.00}, {gain.High:0.00}]";
    }

    private static string Noise(PairedRatio gain) => Units.Percent(gain.Noise);

    private static string Time(double? milliseconds) => milliseconds is { } known ? Units.Milliseconds(known) : "-";
}
