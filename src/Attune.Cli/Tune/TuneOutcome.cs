using System.Collections.Immutable;
using Attune.Runtime;
using Attune.Tuning;

namespace Attune.Cli.Tune;

/// <summary>What a tune achieved.</summary>
/// <param name="Report">What the search found; its time is that of the whole tune.</param>
/// <param name="Configurations">What the model file holds.</param>
/// <param name="Latency">The whole model, tuned against default configurations, or the default alone when both are the same; null when nothing of it was timed.</param>
/// <param name="Gains">What the tasks gained, by task key; empty when nothing was compared.</param>
/// <param name="Phases">Where the time went.</param>
/// <param name="Device">Fingerprint of this device.</param>
internal sealed record TuneOutcome(
    TuningReport Report,
    ImmutableArray<TunedConfiguration> Configurations,
    ModelComparison? Latency,
    ImmutableDictionary<string, TaskGain> Gains,
    ImmutableArray<TunePhase> Phases,
    string Device)
{
    /// <summary>True when the tuned model was not known to be faster and the default configurations were written instead.</summary>
    public bool KeptDefaults => Latency is { KeepsDefaults: true };

    /// <summary>Latency with default configurations in milliseconds: measured, or the sum over tasks.</summary>
    public double? BeforeMs => Latency?.DefaultMs ?? Report.ModelLatencyBeforeMs;

    /// <summary>Latency of what was written in milliseconds: measured, or the sum over tasks.</summary>
    public double? AfterMs => KeptDefaults ? BeforeMs : Latency?.TunedMs ?? Report.ModelLatencyAfterMs;
}
