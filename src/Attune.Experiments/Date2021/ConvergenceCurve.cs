using System.Collections.Immutable;
using Attune.Experiments.Reports;

namespace Attune.Experiments.Date2021;

/// <summary>One layer of Figure 4.</summary>
/// <param name="Group">Network or recorded device.</param>
/// <param name="Layer">Name of the layer.</param>
/// <param name="Unit">What the curves show: GFLOP/s, or the share of the best known performance.</param>
/// <param name="Arms">A curve per arm: mean over seeds after each number of configurations, with its interval.</param>
public sealed record ConvergenceCurve(string Group, string Layer, string Unit, ImmutableArray<ChartSeries> Arms);
