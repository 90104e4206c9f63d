using System.Collections.Immutable;

namespace Attune.Records;

/// <summary>What records say about one task at a number of threads on one device.</summary>
/// <param name="Task">Key of the task.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Device">Fingerprint id of the device.</param>
/// <param name="Trials">Number of records.</param>
/// <param name="Outcomes">Number of records by outcome; outcomes that did not occur are absent.</param>
/// <param name="Best">The fastest correct record, or null.</param>
/// <param name="Last">Time of the newest record.</param>
public sealed record TaskSummary(
    string Task,
    int Threads,
    string Device,
    int Trials,
    ImmutableSortedDictionary<Outcome, int> Outcomes,
    TuningRecord? Best,
    DateTimeOffset Last);
