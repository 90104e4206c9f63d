using System.Collections.Immutable;
using System.Text.Json;
using Attune.Records.Lines;

namespace Attune.Records.Journals;

/// <summary>What became of a journal's lines so far: position, damage, and who is told of the records.</summary>
internal sealed class JournalScan(string path, IJournalVisitor visitor)
{
    private readonly ImmutableArray<JournalDamage>.Builder damage = ImmutableArray.CreateBuilder<JournalDamage>();
    private bool looksLikeAJournal = true;
    private int claimedSchema;
    private long position;
    private long swallowed;
    private int lines;
    private int records;

    /// <summary>A line without its line feed.</summary>
    public void Line(ReadOnlySpan<byte> raw)
    {
        ReadOnlySpan<byte> line = Look(raw);
        lines++;
        position += raw.Length + 1;
        // A blank line is what a text editor leaves behind: no record, no harm.
        if (!line.IsEmpty)
        {
            Take(line);
        }
    }

    /// <summary>Bytes of a line that is too long to be one.</summary>
    public void Swallow(int bytes) => swallowed += bytes;

    /// <summary>The end of such a line, line feed included.</summary>
    public void Skip(int rest)
    {
        lines++;
        position += swallowed + rest;
        swallowed = 0;
        looksLikeAJournal &= lines > 1;
        damage.Add(new JournalDamage(lines, "it is longer than any record"));
    }

    /// <summary>The end of the file.</summary>
    /// <param name="tail">What follows the last line feed.</param>
    /// <param name="oversized">True when it is too long to be a record.</param>
    /// <exception cref="JournalException">The file is of a newer schema, or no journal.</exception>
    public JournalContents Finish(ReadOnlySpan<byte> tail, bool oversized)
    {
        bool torn = oversized || !tail.IsEmpty;
        bool lacksLineFeed = false;
        if (!tail.IsEmpty)
        {
            ReadOnlySpan<byte> line = Look(tail);
            lacksLineFeed = JournalLine.IsIntact(line) && JournalLine.Decode(line).Defect is null;
            if (lacksLineFeed)
            {
                lines++;
                position += tail.Length;
                torn = false;
                Take(line);
            }
        }

        // Not one line that this version can check, and a newer version claimed: it may well check its lines in another way.
        if (records == 0 && claimedSchema > TuningRecord.CurrentSchema)
        {
            throw Newer(path, claimedSchema, 1);
        }

        if (records == 0 && (!looksLikeAJournal || (oversized && lines == 0)))
        {
            throw new JournalException(
                JournalFailure.NotAJournal,
                path,
                $"'{path}' is not a journal of tuning records: it does not begin with one. It was left as it is.",
                "Name another file with --records FILE.");
        }

        return new JournalContents([], damage.ToImmutable(), torn) { IntactLength = position, LacksLineFeed = lacksLineFeed, ClaimedSchema = claimedSchema };
    }

    /// <summary>The error of a journal that a newer version wrote.</summary>
    public static JournalException Newer(string path, int schema, int line) => new(
        JournalFailure.NewerSchema,
        path,
        $"The tuning records '{path}' use schema {schema} (line {line}); this version reads up to {TuningRecord.CurrentSchema}. The file was left as it is.",
        "Update Attune, or name another file with --records FILE.");

    private ReadOnlySpan<byte> Look(ReadOnlySpan<byte> raw)
    {
        if (lines > 0)
        {
            return LineFile.Trim(raw);
        }

        ReadOnlySpan<byte> line = LineFile.TrimFirst(raw);
        looksLikeAJournal = line.StartsWith(JournalLine.Prefix) || JournalLine.Prefix.StartsWith(line);
        claimedSchema = JournalLine.ClaimedSchema(line);
        return line;
    }

    private bool Wants(JournalFields fields)
    {
        try
        {
            return visitor.Wants(fields);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // A text that is none, under a right checksum: the decoder says what is wrong with the line.
            return true;
        }
    }

    private void Take(ReadOnlySpan<byte> line)
    {
        if (!JournalLine.IsIntact(line))
        {
            damage.Add(new JournalDamage(lines, JournalLine.BadChecksum));
            return;
        }

        if (JournalFields.TryRead(line, out JournalFields fields) && !Wants(fields))
        {
            records++;
            return;
        }

        DecodedLine decoded = JournalLine.Decode(line);
        if (decoded.NewerSchema > 0)
        {
            throw Newer(path, decoded.NewerSchema, lines);
        }

        if (decoded.Record is { } record)
        {
            records++;
            visitor.Take(record);
        }
        else
        {
            damage.Add(new JournalDamage(lines, decoded.Defect!));
        }
    }
}
