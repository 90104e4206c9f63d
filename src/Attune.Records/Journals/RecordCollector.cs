using System.Collections.Immutable;

namespace Attune.Records.Journals;

/// <summary>Keeps the records that a selection takes, or hands them on; texts that all records share are kept once.</summary>
/// <param name="selection">What to keep; null for all.</param>
/// <param name="visit">Told of each record instead of keeping it; null keeps it.</param>
internal sealed class RecordCollector(RecordSelection? selection, Action<TuningRecord>? visit) : IJournalVisitor
{
    private readonly RawTexts texts = new();
    private readonly Dictionary<string, string> shared = new(StringComparer.Ordinal);
    private readonly ImmutableArray<TuningRecord>.Builder records = ImmutableArray.CreateBuilder<TuningRecord>();

    /// <summary>The records kept.</summary>
    public ImmutableArray<TuningRecord> Records => records.ToImmutable();

    /// <inheritdoc/>
    public bool Wants(JournalFields fields) => selection is null || selection.Takes(fields, texts);

    /// <inheritdoc/>
    public void Take(TuningRecord record)
    {
        if (selection is not null && !selection.Takes(record))
        {
            return;
        }

        if (visit is null)
        {
            records.Add(
                record with { Task = Shared(record.Task), Device = Shared(record.Device), Tuner = Shared(record.Tuner), Session = Shared(record.Session) });
        }
        else
        {
            visit(record);
        }
    }

    private string Shared(string text)
    {
        if (!shared.TryGetValue(text, out string? first))
        {
            shared[text] = first = text;
        }

        return first;
    }
}
