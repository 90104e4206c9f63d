using System.Collections.Immutable;
using System.Text.Json;

namespace Attune.Records.Journals;

/// <summary>Counts records as their lines pass, from the fields alone where it can.</summary>
internal sealed class TallyScan : IJournalVisitor
{
    private const int LongestTime = 64;
    private readonly RawTexts texts = new();
    private readonly HashSet<string> tasks = new(StringComparer.Ordinal);
    private readonly HashSet<string> known = new(StringComparer.Ordinal);
    private readonly ImmutableArray<string>.Builder devices = ImmutableArray.CreateBuilder<string>();
    private int records;
    private int ok;
    private DateTimeOffset? last;

    /// <inheritdoc/>
    public bool Wants(JournalFields fields)
    {
        // Anything unusual is left to the decoder.
        Span<byte> quoted = stackalloc byte[LongestTime];
        if (fields.Time.Length > LongestTime - 2)
        {
            return true;
        }

        fields.Time.CopyTo(quoted[1..]);
        quoted[0] = quoted[fields.Time.Length + 1] = (byte)'"';
        var reader = new Utf8JsonReader(quoted[..(fields.Time.Length + 2)]);
        if (!reader.Read() || !reader.TryGetDateTimeOffset(out DateTimeOffset time))
        {
            return true;
        }

        Count(texts.Of(fields.Task), texts.Of(fields.Device), fields.Outcome.SequenceEqual("ok"u8), time);
        return false;
    }

    /// <inheritdoc/>
    public void Take(TuningRecord record) => Count(record.Task, record.Device, record.Outcome == Outcome.Ok, record.Time);

    /// <summary>The sums.</summary>
    public JournalTally Finish(JournalContents contents) => new(records, ok, tasks.Count, devices.ToImmutable(), last, contents);

    private void Count(string task, string device, bool isOk, DateTimeOffset time)
    {
        records++;
        ok += isOk ? 1 : 0;
        tasks.Add(task);
        last = last is { } latest && latest >= time ? latest : time;
        if (known.Add(device))
        {
            devices.Add(device);
        }
    }
}
