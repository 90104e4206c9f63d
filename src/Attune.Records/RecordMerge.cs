using System.Collections.Immutable;
using Attune.Records.Journals;

namespace Attune.Records;

/// <summary>
/// Joins the records of several journals. The result does not depend on the order of the inputs, and merging it again changes nothing: records are ordered by
/// time, session, sequence, and a record seen twice is kept once.
/// </summary>
/// <param name="Records">All distinct records, in order.</param>
/// <param name="Duplicates">Copies that were dropped.</param>
/// <param name="Conflicts">Records that share session and sequence with another but differ from it; they are kept, since either may be the right one.</param>
public sealed record RecordMerge(ImmutableArray<TuningRecord> Records, int Duplicates, int Conflicts)
{
    /// <summary>Joins records.</summary>
    public static RecordMerge Of(IEnumerable<TuningRecord> records)
    {
        var byName = new Dictionary<(string Session, long Sequence), List<(string Text, TuningRecord Record)>>();
        int duplicates = 0;
        int conflicts = 0;
        foreach (TuningRecord record in records)
        {
            var name = (record.Session, record.Sequence);
            string text = System.Text.Encoding.UTF8.GetString(JournalLine.Encode(record));
            if (!byName.TryGetValue(name, out List<(string Text, TuningRecord Record)>? same))
            {
                byName.Add(name, [(text, record)]);
            }
            else if (same.Exists(other => string.Equals(other.Text, text, StringComparison.Ordinal)))
            {
                duplicates++;
            }
            else
            {
                same.Add((text, record));
                conflicts++;
            }
        }

        ImmutableArray<TuningRecord> ordered =
        [
            .. byName.Values
                .SelectMany(same => same)
                .OrderBy(entry => entry.Record.Time)
                .ThenBy(entry => entry.Record.Session, StringComparer.Ordinal)
                .ThenBy(entry => entry.Record.Sequence)
                .ThenBy(entry => entry.Text, StringComparer.Ordinal)
                .Select(entry => entry.Record),
        ];
        return new RecordMerge(ordered, duplicates, conflicts);
    }

    /// <summary>Joins journals into a new one, written beside the target and renamed, so that the target is complete or untouched.</summary>
    /// <param name="sources">Journals to read; the target may be among them.</param>
    /// <param name="target">Journal to write; replaced when it exists and is one. A link to it stays one.</param>
    /// <exception cref="JournalException">A source cannot be read, or the target cannot be written, is something else, or is in use.</exception>
    public static RecordMerge Files(IEnumerable<string> sources, string target)
    {
        RecordMerge? merged = null;
        JournalFile.Replace(target, () => (merged = Of(sources.SelectMany(source => JournalReader.Read(source).Records))).Records);
        return merged!;
    }
}
