namespace Attune.Experiments.Latency;

/// <summary>How fast a network runs with the configurations that one arm found with one seed.</summary>
/// <param name="Group">The network.</param>
/// <param name="Arm">The arm.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Runs">Runs behind the numbers.</param>
/// <param name="MeanMs">Mean latency, milliseconds.</param>
/// <param name="VarianceMs2">Variance over the runs, square milliseconds.</param>
/// <param name="MedianMs">Median latency, milliseconds.</param>
public sealed record LatencyRun(string Group, string Arm, int Seed, int Runs, double MeanMs, double VarianceMs2, double MedianMs);
