using System.Text;

namespace Attune.Records;

/// <summary>
/// Fields of a line of comma-separated values as RFC 4180 writes them: a field with a comma or a quote is in double quotes, a quote in it doubled.
/// Line ends within quotes are not read. Stateless.
/// </summary>
public static class CsvFields
{
    /// <summary>Splits a line.</summary>
    /// <param name="line">The line without its end.</param>
    /// <param name="problem">Why it is none, to follow on where it stands; null when it is one.</param>
    /// <returns>The fields, at least one; null when a quote is not closed, or stands where none may.</returns>
    public static string[]? Split(string line, out string? problem)
    {
        problem = null;
        if (!line.Contains('"'))
        {
            return line.Split(',');
        }

        var fields = new List<string>();
        for (int at = 0; at <= line.Length; at++)
        {
            int begin = at;
            if (at == line.Length || line[at] != '"')
            {
                at = line.IndexOf(',', at) is >= 0 and var comma ? comma : line.Length;
                if (line.AsSpan(begin, at - begin).Contains('"'))
                {
                    problem = $"field {fields.Count + 1} has a quote but does not begin with one";
                    return null;
                }

                fields.Add(line[begin..at]);
            }
            else if (Quoted(line, ref at) is not { } field)
            {
                problem = $"the quote that begins field {fields.Count + 1} is not closed";
                return null;
            }
            else if (at < line.Length && line[at] != ',')
            {
                problem = $"field {fields.Count + 1} goes on behind its closing quote";
                return null;
            }
            else
            {
                fields.Add(field);
            }
        }

        return [.. fields];
    }

    /// <summary>Reads a field in quotes, from its first quote to behind its last.</summary>
    private static string? Quoted(string line, ref int at)
    {
        var field = new StringBuilder();
        while (true)
        {
            int quote = line.IndexOf('"', ++at);
            if (quote < 0)
            {
                return null;
            }

            field.Append(line, at, quote - at);
            at = quote + 1;
            if (at == line.Length || line[at] != '"')
            {
                return field.ToString();
            }

            field.Append('"');
        }
    }
}
