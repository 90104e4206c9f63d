using Attune.Numerics;

namespace Attune.Experiments.Date2021;

/// <summary>One layer and arm of Figure 5.</summary>
/// <param name="Group">Network or recorded device.</param>
/// <param name="Layer">Name of the layer.</param>
/// <param name="Position">Position of the layer in its network, from 1.</param>
/// <param name="Arm">The arm.</param>
/// <param name="Configurations">Configurations tried before the search stopped, mean over seeds.</param>
/// <param name="BestMs">Best time found, milliseconds, mean over seeds; null when a seed found nothing.</param>
/// <param name="Gflops">GFLOP/s of the best, mean over seeds; null when the operations are not known.</param>
/// <param name="Ratio">Performance relative to the baseline's (baseline time / time), with its interval over seeds; null when either found nothing.</param>
public sealed record LayerRow(string Group, string Layer, int Position, string Arm, double Configurations, double? BestMs, double? Gflops, MeanInterval? Ratio);
