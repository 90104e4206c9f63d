using System.Collections.Immutable;

namespace Attune.Records.Journals;

/// <summary>What a journal holds, in numbers.</summary>
/// <param name="Records">Intact records.</param>
/// <param name="Ok">Those that were compiled, correct and timed.</param>
/// <param name="Tasks">Distinct tasks.</param>
/// <param name="Devices">Fingerprint ids of the devices, in the order in which they first occur.</param>
/// <param name="Last">Time of the newest record; null without records.</param>
/// <param name="Contents">What was skipped; holds no records.</param>
public sealed record JournalTally(int Records, int Ok, int Tasks, ImmutableArray<string> Devices, DateTimeOffset? Last, JournalContents Contents);
