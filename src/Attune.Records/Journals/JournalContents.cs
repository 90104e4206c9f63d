using System.Collections.Immutable;

namespace Attune.Records.Journals;

/// <summary>What a journal holds.</summary>
/// <param name="Records">The intact records that were asked for, in the order of the file.</param>
/// <param name="Damage">Lines that were skipped; never fatal. An interrupted last line is not damage.</param>
/// <param name="TornTail">True when the last line was cut off in mid-write: the trial that was under way is lost, nothing else.</param>
public sealed record JournalContents(ImmutableArray<TuningRecord> Records, ImmutableArray<JournalDamage> Damage, bool TornTail)
{
    /// <summary>Bytes up to the end of the last complete line (or of an intact last line that only lacks its line feed): where the next record goes.</summary>
    internal long IntactLength { get; init; }

    /// <summary>True when the last line is intact but lacks its line feed.</summary>
    internal bool LacksLineFeed { get; init; }

    /// <summary>The schema that the first line names, intact or not; 0 when it names none.</summary>
    internal int ClaimedSchema { get; init; }
}
