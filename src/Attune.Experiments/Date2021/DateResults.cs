using System.Collections.Immutable;
using Attune.Experiments.Setup;

namespace Attune.Experiments.Date2021;

/// <summary>Everything that the DATE 2021 experiment finds out.</summary>
/// <param name="Setting">What was run.</param>
/// <param name="Table">Our Table I, the baseline first in every group, "Average" last.</param>
/// <param name="Published">The paper's Table I.</param>
/// <param name="Layers">Figure 5.</param>
/// <param name="Curves">Figure 4.</param>
/// <param name="Diversity">Initial sets.</param>
public sealed record DateResults(
    ExperimentSetting Setting,
    ImmutableArray<LatencyRow> Table,
    ImmutableArray<PublishedLatency> Published,
    ImmutableArray<LayerRow> Layers,
    ImmutableArray<ConvergenceCurve> Curves,
    ImmutableArray<DiversityRow> Diversity);
