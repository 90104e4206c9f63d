using System.Collections.Immutable;
using Attune.Records.Journals;

namespace Attune.Records.Lines;

/// <summary>What a log of JSON lines holds.</summary>
/// <param name="Lines">The intact lines in the order of the file: UTF-8 JSON objects without their checksums.</param>
/// <param name="Damage">Lines that were skipped; never fatal. An interrupted last line is not damage.</param>
/// <param name="TornTail">True when the last line was cut off in mid-write: that record is lost, nothing else.</param>
public sealed record LineLogContents(ImmutableArray<ReadOnlyMemory<byte>> Lines, ImmutableArray<JournalDamage> Damage, bool TornTail)
{
    /// <summary>Bytes up to the end of the last complete line: where the next one goes.</summary>
    internal long IntactLength { get; init; }
}
