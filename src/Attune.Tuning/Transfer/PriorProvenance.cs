using System.Collections.Immutable;

namespace Attune.Tuning.Transfer;

/// <summary>Where a prior comes from.</summary>
/// <param name="Sources">Names of the record files or recordings it learnt from.</param>
/// <param name="Devices">Devices whose measurements it learnt from, sorted.</param>
/// <param name="Tasks">Keys of the tasks, sorted.</param>
/// <param name="Templates">Templates, one model each, in order.</param>
/// <param name="Observations">Measurements it learnt from.</param>
/// <param name="Seed">Seed of the training.</param>
/// <param name="Created">When it was trained, UTC.</param>
public sealed record PriorProvenance(
    ImmutableArray<string> Sources,
    ImmutableArray<string> Devices,
    ImmutableArray<string> Tasks,
    ImmutableArray<string> Templates,
    int Observations,
    int Seed,
    DateTimeOffset Created);
