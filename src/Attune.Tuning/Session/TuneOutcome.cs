using System.Collections.Immutable;
using Attune.Measuring.Models;
using Attune.Runtime;
using Attune.Tuning.Run;

namespace Attune.Tuning.Session;

/// <summary>What a tune achieved.</summary>
/// <param name="Model">The tuned model, as it is written.</param>
/// <param name="Report">What the search found; its time is that of the whole tune.</param>
/// <param name="Latency">
/// The whole model, tuned against default configurations, or the default alone when both are the same; null when nothing of it was timed.
/// </param>
/// <param name="Gains">What the tasks gained, by task key; empty when nothing was compared.</param>
/// <param name="Phases">Where the time went.</param>
/// <param name="Recorded">Trials that were appended to the records.</param>
public sealed record TuneOutcome(
    TunedModel Model,
    TuningReport Report,
    ModelComparison? Latency,
    ImmutableDictionary<string, TaskGain> Gains,
    ImmutableArray<TunePhase> Phases,
    int Recorded)
{
    /// <summary>
    /// The worst output against the network in 32-bit floats, on made-up inputs: what rounding to brain floats costs. Null when nothing is rounded to them.
    /// </summary>
    public OutputError? ComputeError { get; init; }

    /// <summary>True when the caller cancelled: the same tune again goes on from the records.</summary>
    public bool IsInterrupted => Report.End == RunEnd.Cancelled;

    /// <summary>True when the tuned model was not known to be faster and the default configurations were taken instead.</summary>
    public bool KeptDefaults => Latency is { KeepsDefaults: true };

    /// <summary>Latency with default configurations in milliseconds: measured, or the sum over tasks.</summary>
    public double? BeforeMs => BeforeOf(Report, Latency);

    /// <summary>Latency of <see cref="Model"/> in milliseconds: measured, or the sum over tasks.</summary>
    public double? AfterMs => AfterOf(Report, Latency);

    internal static double? BeforeOf(TuningReport report, ModelComparison? latency) => latency?.DefaultMs ?? report.ModelLatencyBeforeMs;

    internal static double? AfterOf(TuningReport report, ModelComparison? latency) =>
        latency is { KeepsDefaults: true } ? BeforeOf(report, latency) : latency?.TunedMs ?? report.ModelLatencyAfterMs;
}
