using Attune.Records.Lines;

namespace Attune.Records.Journals;

/// <summary>
/// An append-only journal of tuning records, one JSON line each (<see cref="JournalLine"/>). What a crash can cost: <see cref="LineAppender"/>. One process
/// appends at a time: an advisory lock on the file (<see cref="LineFile"/>) keeps a second one out with a clear error, whatever path it came by (two runs on
/// one file would each search without the other's results; they can use two files and merge). Opening changes nothing. Safe to share between threads.
/// </summary>
public sealed class Journal : IDisposable
{
    /// <summary>How a journal is known and called.</summary>
    internal static readonly LineFileKind Kind = new("tuning records", "a tuning record", "name another file with --records FILE", IsOurs)
    {
        Joining = "; to join both later: attune records merge FILE FILE -o FILE",
    };

    private readonly LineAppender lines;

    private Journal(string path, LineAppender lines, JournalContents contents)
    {
        Path = path;
        this.lines = lines;
        Contents = contents;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>What the journal held when it was opened: where a run resumes.</summary>
    public JournalContents Contents { get; }

    /// <summary>
    /// Opens a journal for appending; makes it and its folder when missing. An interrupted last line is cut off by the first record that follows it.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Durability; null for <see cref="JournalOptions.Default"/>.</param>
    /// <param name="selection">Records to take into <see cref="Contents"/>; null takes all.</param>
    /// <exception cref="JournalException">It is in use, of a newer schema, no journal, or the file system refuses.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static Journal Open(string path, JournalOptions? options = null, RecordSelection? selection = null)
    {
        options ??= JournalOptions.Default;
        ArgumentOutOfRangeException.ThrowIfLessThan(options.SyncEveryRecords, 1, nameof(options));
        path = System.IO.Path.GetFullPath(path);
        FileStream? opened = LineFile.Open(path, Kind);
        try
        {
            JournalContents contents = JournalReader.Read(opened, path, selection);
            if (contents.ClaimedSchema > TuningRecord.CurrentSchema)
            {
                throw JournalScan.Newer(path, contents.ClaimedSchema, 1);
            }

            var journal = new Journal(path, new LineAppender(path, Kind, opened, contents.IntactLength, contents.LacksLineFeed, options), contents);
            opened = null;
            return journal;
        }
        catch (Exception exception) when (exception is (IOException or UnauthorizedAccessException) and not JournalException)
        {
            throw JournalException.From(exception, path, "open");
        }
        finally
        {
            opened?.Dispose();
        }
    }

    /// <summary>Appends one record.</summary>
    /// <exception cref="JournalException">The disk is full or failed; the record is not in the file, those before it are.</exception>
    /// <exception cref="ArgumentException">The record holds a number that is not finite, or another schema than the current one.</exception>
    public void Append(TuningRecord record)
    {
        Check(record);
        lines.Append(JournalLine.Encode(record));
    }

    /// <summary>Makes everything appended so far durable, then gives the file free.</summary>
    public void Dispose() => lines.Dispose();

    private static void Check(TuningRecord record)
    {
        if (record.Schema != TuningRecord.CurrentSchema)
        {
            throw new ArgumentException($"A record of schema {record.Schema} cannot be appended; only {TuningRecord.CurrentSchema} can.", nameof(record));
        }

        bool finite = double.IsFinite(record.MedianMs ?? 0) && double.IsFinite(record.CompileMs) && double.IsFinite(record.CalibrationMs);
        if (!finite || record.TimesMs.IsDefault || record.TimesMs.Any(time => !double.IsFinite(time)))
        {
            throw new ArgumentException($"The record of '{record.Task}' holds a time that is not a finite number.", nameof(record));
        }
    }

    // A damaged first line is damage like any other to a reader, but no proof that the file is ours. A newer schema is refused by its number, which reading
    // does.
    private static bool IsOurs(ReadOnlySpan<byte> line) =>
        JournalLine.Decode(line) is { Record: not null } or { NewerSchema: > 0 } || JournalLine.ClaimedSchema(line) > TuningRecord.CurrentSchema;
}
