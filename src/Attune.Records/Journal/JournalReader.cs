using System.Buffers.Text;
using System.Collections.Immutable;

namespace Attune.Records;

/// <summary>
/// Reads journals. Every line stands alone: a damaged one is reported and skipped, an interrupted last one is tolerated, an intact line of a newer schema
/// refuses the whole file, since guessing at its meaning could lose data. Reading takes no lock and works while another process appends.
/// </summary>
public static class JournalReader
{
    // Longer than any record; bounds the memory that a file without line feeds can take.
    private const int LongestLine = 1 << 24;

    /// <summary>Reads a whole journal.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="JournalException">It is missing, unreadable, of a newer schema, or no journal at all.</exception>
    public static JournalContents Read(string path)
    {
        try
        {
            // Nothing to read, and a pipe, which has no length, must not be opened: that would wait for ever for somebody to write into it.
            if (new FileInfo(path) is { Exists: true, Length: 0 })
            {
                return Read(Stream.Null, path);
            }

            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
            return Read(file, path);
        }
        catch (Exception exception) when (exception is (IOException or UnauthorizedAccessException) and not JournalException)
        {
            throw JournalException.From(exception, path, "read");
        }
    }

    /// <summary>Reads a journal from a stream, from its current position to its end.</summary>
    internal static JournalContents Read(Stream stream, string path)
    {
        var scan = new Scan(path);
        var buffer = new byte[1 << 16];
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
            if (skipping || held > LongestLine)
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

    private sealed class Scan(string path)
    {
        private readonly ImmutableArray<TuningRecord>.Builder records = ImmutableArray.CreateBuilder<TuningRecord>();
        private readonly ImmutableArray<JournalDamage>.Builder damage = ImmutableArray.CreateBuilder<JournalDamage>();
        private bool looksLikeAJournal = true;
        private int claimedSchema;
        private long position;
        private long swallowed;
        private int lines;

        public void Line(ReadOnlySpan<byte> line)
        {
            Look(line);
            lines++;
            position += line.Length + 1;
            // A blank line is what a text editor leaves behind: no record, no harm.
            if (!line.IsEmpty)
            {
                Take(JournalLine.Decode(line));
            }
        }

        public void Swallow(int bytes) => swallowed += bytes;

        public void Skip(int rest)
        {
            lines++;
            position += swallowed + rest;
            swallowed = 0;
            looksLikeAJournal &= lines > 1;
            damage.Add(new JournalDamage(lines, "it is longer than any record"));
        }

        public JournalContents Finish(ReadOnlySpan<byte> tail, bool oversized)
        {
            bool torn = oversized || !tail.IsEmpty;
            bool lacksLineFeed = false;
            if (!tail.IsEmpty)
            {
                Look(tail);
                DecodedLine last = JournalLine.Decode(tail);
                lacksLineFeed = last.Defect is null;
                if (lacksLineFeed)
                {
                    lines++;
                    position += tail.Length;
                    torn = false;
                    Take(last);
                }
            }

            // Not one line that this version can check, and a newer version claimed: it may well check its lines in another way.
            if (records.Count == 0 && claimedSchema > TuningRecord.CurrentSchema)
            {
                throw Newer(claimedSchema, 1);
            }

            if (records.Count == 0 && (!looksLikeAJournal || (oversized && lines == 0)))
            {
                throw new JournalException(
                    JournalFailure.NotAJournal,
                    path,
                    $"'{path}' is not a journal of tuning records: it does not begin with one. It was left as it is.",
                    "Name another file with --records FILE.");
            }

            return new JournalContents(records.ToImmutable(), damage.ToImmutable(), torn) { IntactLength = position, LacksLineFeed = lacksLineFeed };
        }

        private void Look(ReadOnlySpan<byte> line)
        {
            if (lines == 0)
            {
                ReadOnlySpan<byte> prefix = JournalLine.Prefix;
                looksLikeAJournal = line.StartsWith(prefix) || prefix.StartsWith(line);
                claimedSchema = line.StartsWith(prefix) && Utf8Parser.TryParse(line[prefix.Length..], out int schema, out _) ? schema : 0;
            }
        }

        private JournalException Newer(int schema, int line) => new(
            JournalFailure.NewerSchema,
            path,
            $"The tuning records '{path}' use schema {schema} (line {line}); this version reads up to {TuningRecord.CurrentSchema}. The file was left as it is.",
            "Update Attune, or name another file with --records FILE.");

        private void Take(DecodedLine line)
        {
            if (line.NewerSchema > 0)
            {
                throw Newer(line.NewerSchema, lines);
            }

            if (line.Record is { } record)
            {
                records.Add(record);
            }
            else
            {
                damage.Add(new JournalDamage(lines, line.Defect!));
            }
        }
    }
}
