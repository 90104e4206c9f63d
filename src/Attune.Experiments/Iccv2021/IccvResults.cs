using System.Collections.Immutable;
using Attune.Experiments.Setup;

namespace Attune.Experiments.Iccv2021;

/// <summary>Everything that the ICCV 2021 experiment finds out.</summary>
/// <param name="Setting">What was run.</param>
/// <param name="Table">Search time, latency and hypervolume; the baseline first in every group.</param>
/// <param name="Published">The poster's table.</param>
/// <param name="TuningSets">Tuning sets compared; empty when no tuner with history took part.</param>
/// <param name="History">What tuners with history were shown, one sentence.</param>
public sealed record IccvResults(
    ExperimentSetting Setting,
    ImmutableArray<SearchRow> Table,
    ImmutableArray<PublishedSearch> Published,
    ImmutableArray<TuningSetRow> TuningSets,
    string History);
