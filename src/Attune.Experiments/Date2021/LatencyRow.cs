using Attune.Numerics;

namespace Attune.Experiments.Date2021;

/// <summary>One cell group of our Table I.</summary>
/// <param name="Group">Network, recorded device, or "Average".</param>
/// <param name="Arm">The arm.</param>
/// <param name="LatencyMs">Mean over seeds of the mean latency, milliseconds, with its interval.</param>
/// <param name="Variance">Mean over seeds of the variance over runs, square milliseconds; on recorded devices the variance over seeds of the best time.</param>
/// <param name="LatencyDelta">Relative to the baseline's latency, a fraction; null for the baseline itself.</param>
/// <param name="VarianceDelta">Relative to the baseline's variance, a fraction; null for the baseline, or when that is 0.</param>
public sealed record LatencyRow(string Group, string Arm, MeanInterval LatencyMs, double Variance, double? LatencyDelta, double? VarianceDelta);
