using nietras.SeparatedValues;

namespace Attune.Records.Csv;

/// <summary>
/// Reads and writes comma-separated values as RFC 4180 has them, but without line ends in quotes: a field with a comma or a quote is in double quotes, a
/// quote in it doubled.
/// A quote that is not closed, or stands where none may, is a problem with its line, not text. Rows are split by Sep. Stateless.
/// </summary>
public static class CsvRows
{
    /// <summary>Reads rows one by one; empty lines are left out.</summary>
    /// <param name="reader">The text; stays open.</param>
    /// <exception cref="IOException">The text cannot be read.</exception>
    public static IEnumerable<CsvRow> Read(TextReader reader)
    {
        using SepReader? rows = Open(reader);

        // A row is a line: one with a line end within quotes is a problem, which ends the reading.
        for (int line = 1; Next(rows, line) is { } row; line++)
        {
            if (row.Length > 0)
            {
                yield return row;
            }

            if (row.Problem is not null)
            {
                yield break;
            }
        }
    }

    /// <summary>Writes one row with its line feed.</summary>
    public static void Write(TextWriter writer, IEnumerable<string> fields)
    {
        writer.Write(string.Join(',', fields.Select(Quote)));
        writer.Write('\n');
    }

    // Opening reads the first row. Null when that is longer than Sep's rows can be.
    private static SepReader? Open(TextReader reader)
    {
        try
        {
            return Sep.New(',').Reader(
                options => options with { HasHeader = false, DisableColCountCheck = true, Unescape = false }).From(reader, leaveOpen: true);
        }
        catch (NotSupportedException)
        {
            return null;
        }
    }

    private static CsvRow? Next(SepReader? rows, int line)
    {
        try
        {
            if (rows?.MoveNext() == false)
            {
                return null;
            }
        }
        catch (NotSupportedException)
        {
            rows = null;
        }

        if (rows is null)
        {
            // Sep's rows have at most 16 million characters; only a quote that is never closed makes one.
            return new CsvRow(line, int.MaxValue, [], "a quote is not closed, or the line has more than 16 million characters");
        }

        SepReader.Row row = rows.Current;
        var fields = new string[row.ColCount];
        for (int i = 0; i < fields.Length; i++)
        {
            ReadOnlySpan<char> raw = row[i].Span;
            if (Problem(raw) is { } problem)
            {
                return new CsvRow(line, row.Span.Length, [], problem.Replace("{0}", $"field {i + 1}", StringComparison.Ordinal));
            }

            fields[i] = raw.Contains('"') ? raw[1..^1].ToString().Replace("\"\"", "\"", StringComparison.Ordinal) : raw.ToString();
        }

        return new CsvRow(line, row.Span.Length, fields, null);
    }

    /// <summary>Why a field is none, with a place for its name; null when its quotes are right.</summary>
    private static string? Problem(ReadOnlySpan<char> raw)
    {
        if (!raw.Contains('"'))
        {
            return null;
        }

        if (raw[0] != '"')
        {
            return "{0} has a quote but does not begin with one";
        }

        // A doubled quote stands for one; the first single one is the end.
        int end = 1;
        while (end < raw.Length && (raw[end] != '"' || (end + 1 < raw.Length && raw[end + 1] == '"')))
        {
            end += raw[end] == '"' ? 2 : 1;
        }

        return end >= raw.Length || raw[..end].ContainsAny('\r', '\n') ? "the quote that begins {0} is not closed"
            : end < raw.Length - 1 ? "{0} goes on behind its closing quote"
            : null;
    }

    private static string Quote(string field) =>
        field.AsSpan().IndexOfAny(",\"\r\n") < 0 ? field : $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
