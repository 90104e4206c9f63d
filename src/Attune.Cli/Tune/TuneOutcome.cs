using System.Collections.Immutable;
using Attune.Cli.Bench;
using Attune.Runtime;
using Attune.Tuning;

namespace Attune.Cli.Tune;

/// <summary>What a tune achieved.</summary>
/// <param name="Report">What the search found.</param>
/// <param name="Configurations">What the model file holds.</param>
/// <param name="Latency">The whole model, tuned against default configurations, in alternating blocks, or alone when both are the same; null when the tune was interrupted.</param>
/// <param name="KeptDefaults">True when the tuned model was clearly slower as a whole and the default configurations were written instead.</param>
/// <param name="Device">Fingerprint of this device.</param>
internal sealed record TuneOutcome(TuningReport Report, ImmutableArray<TunedConfiguration> Configurations, BenchTimes? Latency, bool KeptDefaults, string Device)
{
    /// <summary>Latency with default configurations in milliseconds: measured, or the sum over tasks.</summary>
    public double? BeforeMs => Latency?.Peer?.Median ?? Latency?.Ours.Median ?? Report.ModelLatencyBeforeMs;

    /// <summary>Latency with the chosen configurations in milliseconds: measured, or the sum over tasks.</summary>
    public double? AfterMs => KeptDefaults ? BeforeMs : Latency?.Ours.Median ?? Report.ModelLatencyAfterMs;
}
