using System.Text;

namespace Attune.Records.Text;

/// <summary>Lines of a text; none is held that is too long. Stateless.</summary>
internal static class BoundedLines
{
    private const int BufferCharacters = 1 << 14;

    /// <summary>Reads lines without their ends ("\n" or "\r\n"), one by one.</summary>
    /// <param name="reader">The text; stays open.</param>
    /// <param name="maxLength">Characters of the longest line that is given.</param>
    /// <returns>The lines; null for each that is longer.</returns>
    public static IEnumerable<string?> Of(TextReader reader, int maxLength)
    {
        var line = new StringBuilder();
        var buffer = new char[BufferCharacters];
        bool isLong = false;
        for (int read; (read = reader.Read(buffer, 0, buffer.Length)) > 0;)
        {
            for (int from = 0; from < read;)
            {
                int end = Array.IndexOf(buffer, '\n', from, read - from);
                int until = end < 0 ? read : end;

                // The last character may turn out to belong to the end of the line.
                isLong |= line.Length + until - from > maxLength + 1;
                if (!isLong)
                {
                    line.Append(buffer, from, until - from);
                }

                from = until + 1;
                if (end >= 0)
                {
                    yield return Take(line, isLong, maxLength);
                    line.Clear();
                    isLong = false;
                }
            }
        }

        if (line.Length > 0 || isLong)
        {
            yield return Take(line, isLong, maxLength);
        }
    }

    private static string? Take(StringBuilder line, bool isLong, int maxLength)
    {
        int length = line.Length > 0 && line[^1] == '\r' ? line.Length - 1 : line.Length;
        return isLong || length > maxLength ? null : line.ToString(0, length);
    }
}
