using System.Text;

namespace Attune.Tuning.Recorded.Formats;

/// <summary>Lines of a text, each of bounded length.</summary>
internal static class BoundedLines
{
    /// <summary>Reads lines without their ends ("\n" or "\r\n").</summary>
    /// <exception cref="RecordedDeviceException">A line is too long.</exception>
    public static IEnumerable<string> Of(TextReader reader, string source)
    {
        var line = new StringBuilder();
        var buffer = new char[1 << 14];
        long number = 1;
        int read;
        while ((read = reader.Read(buffer, 0, buffer.Length)) > 0)
        {
            int from = 0;
            while (from < read)
            {
                int end = Array.IndexOf(buffer, '\n', from, read - from);
                int until = end < 0 ? read : end;
                line.Append(buffer, from, until - from);
                if (line.Length > RecordedLimits.LineLength)
                {
                    throw new RecordedDeviceException(
                        RecordedFailure.TooLarge,
                        source,
                        number,
                        $"the line is longer than {RecordedLimits.LineLength} characters",
                        "Check that the file is a recording.");
                }

                from = until + 1;
                if (end >= 0)
                {
                    yield return Take(line);
                    number++;
                }
            }
        }

        if (line.Length > 0)
        {
            yield return Take(line);
        }
    }

    private static string Take(StringBuilder line)
    {
        int length = line.Length > 0 && line[^1] == '\r' ? line.Length - 1 : line.Length;
        string text = line.ToString(0, length);
        line.Clear();
        return text;
    }
}
