using Attune.Numerics;

namespace Attune.Experiments.Iccv2021;

/// <summary>One network and arm of our result table.</summary>
/// <param name="Group">Network or recorded device.</param>
/// <param name="Arm">The arm.</param>
/// <param name="SearchSeconds">Seconds that all searches of the group take: compiling, measuring, thinking; with its interval over seeds.</param>
/// <param name="ThinkingSeconds">Seconds of it that the tuner itself took, mean over seeds.</param>
/// <param name="Configurations">Configurations tried, mean over seeds.</param>
/// <param name="LatencyMs">
/// Latency, milliseconds, with its interval over seeds; on recorded devices the time of the best kernel. Null when a search found nothing.
/// </param>
/// <param name="SearchReduction">1 - search time / the baseline's; null for the baseline.</param>
/// <param name="LatencyReduction">1 - latency / the baseline's; null for the baseline.</param>
/// <param name="Volume">Hypervolume against the baseline, percent; null for the baseline.</param>
public sealed record SearchRow(
    string Group,
    string Arm,
    MeanInterval SearchSeconds,
    double ThinkingSeconds,
    double Configurations,
    MeanInterval? LatencyMs,
    double? SearchReduction,
    double? LatencyReduction,
    double? Volume);
