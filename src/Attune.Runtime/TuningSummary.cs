namespace Attune.Runtime;

/// <summary>How a model was tuned.</summary>
/// <param name="Tuner">Name of the tuner.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="Trials">Candidates measured.</param>
/// <param name="Seconds">Wall-clock time of tuning.</param>
/// <param name="BeforeMs">Latency with default configurations, milliseconds; null when it was not measured.</param>
/// <param name="AfterMs">Latency with the chosen configurations, milliseconds; null when it was not measured.</param>
public sealed record TuningSummary(string Tuner, long Seed, int Trials, double Seconds, double? BeforeMs, double? AfterMs);
