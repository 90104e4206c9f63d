using Attune.Records.Lines;

namespace Attune.Records.Journals;

/// <summary>
/// Reads journals. Every line stands alone: a damaged one is reported and skipped, an interrupted last one is tolerated, an intact line of a newer schema
/// refuses the whole file, since guessing at its meaning could lose data. Lines may end as on any system. Reading takes no lock and works while another process
/// appends.
/// </summary>
public static class JournalReader
{
    private const int BufferBytes = 1 << 18;

    /// <summary>Reads a journal.</summary>
    /// <param name="path">The file.</param>
    /// <param name="selection">Records to keep; null keeps all.</param>
    /// <exception cref="JournalException">It is missing, unreadable, of a newer schema, or no journal at all.</exception>
    public static JournalContents Read(string path, RecordSelection? selection = null)
    {
        var collector = new RecordCollector(selection, visit: null);
        return Pass(path, collector) with { Records = collector.Records };
    }

    /// <summary>Shows the records of a journal one by one, in the order of the file, and keeps none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="visit">Told of each.</param>
    /// <returns>What was skipped; holds no records.</returns>
    /// <exception cref="JournalException">As for <see cref="Read(string, RecordSelection?)"/>; some records may have been shown before.</exception>
    public static JournalContents Visit(string path, Action<TuningRecord> visit) => Pass(path, new RecordCollector(null, visit));

    /// <summary>Counts the records of a journal.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="JournalException">As for <see cref="Read(string, RecordSelection?)"/>.</exception>
    public static JournalTally Tally(string path)
    {
        var tally = new TallyScan();
        return tally.Finish(Pass(path, tally));
    }

    /// <summary>Reads a journal from a stream, from its current position to its end.</summary>
    internal static JournalContents Read(Stream stream, string path, RecordSelection? selection = null)
    {
        var collector = new RecordCollector(selection, visit: null);
        return Pass(stream, path, collector) with { Records = collector.Records };
    }

    private static JournalContents Pass(string path, IJournalVisitor visitor)
    {
        try
        {
            // Nothing to read, and a pipe, which has no length, must not be opened: that would wait for ever for somebody to write into it.
            if (new FileInfo(path) is { Exists: true, Length: 0 })
            {
                return Pass(Stream.Null, path, visitor);
            }

            using var file = new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
            return Pass(file, path, visitor);
        }
        catch (Exception exception) when (exception is (IOException or UnauthorizedAccessException) and not JournalException)
        {
            throw JournalException.From(exception, path, "read");
        }
    }

    private static JournalContents Pass(Stream stream, string path, IJournalVisitor visitor)
    {
        var scan = new JournalScan(path, visitor);
        var buffer = new byte[BufferBytes];
        int held = 0;
        bool skipping = false;
        while (true)
        {
            int read = stream.Read(buffer, held, buffer.Length - held);
            if (read == 0)
            {
                break;
            }

            int end = held + read;
            int start = 0;
            while (buffer.AsSpan(start, end - start).IndexOf((byte)'\n') is >= 0 and int length)
            {
                if (skipping)
                {
                    scan.Skip(length + 1);
                    skipping = false;
                }
                else
                {
                    scan.Line(buffer.AsSpan(start, length));
                }

                start += length + 1;
            }

            held = end - start;
            buffer.AsSpan(start, held).CopyTo(buffer);
            if (skipping || held > LineFile.LongestLine)
            {
                skipping = true;
                scan.Swallow(held);
                held = 0;
            }
            else if (held == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }

        return scan.Finish(skipping ? [] : buffer.AsSpan(0, held), skipping);
    }
}
