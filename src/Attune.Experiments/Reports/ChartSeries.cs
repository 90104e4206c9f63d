using System.Collections.Immutable;

namespace Attune.Experiments.Reports;

/// <summary>Points that belong together in a chart.</summary>
/// <param name="Name">Name in the legend.</param>
/// <param name="Points">The points, in drawing order.</param>
public sealed record ChartSeries(string Name, ImmutableArray<ChartPoint> Points);
