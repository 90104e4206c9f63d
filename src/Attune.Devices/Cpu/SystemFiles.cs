using System.Globalization;

namespace Attune.Devices.Cpu;

/// <summary>
/// Reads the text files in which Linux describes the machine, below a root folder so that tests can replay another machine. A file that is absent or
/// unreadable is an answer ("not told"), never an error: containers hide many of them.
/// </summary>
internal sealed class SystemFiles(string root = "/")
{
    /// <summary>True when the files are this machine's own; false when a folder stands for a machine.</summary>
    public bool IsMachine => root == "/";

    /// <summary>Where a file really is.</summary>
    public string PathOf(string path) => Path.Combine(root, path.TrimStart('/'));

    /// <summary>The trimmed text of a file, or null.</summary>
    public string? Text(string path)
    {
        try
        {
            return File.ReadAllText(PathOf(path)).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A file that holds one number, or null.</summary>
    public long? Number(string path) => long.TryParse(Text(path), NumberStyles.Integer, CultureInfo.InvariantCulture, out long value) ? value : null;

    /// <summary>
    /// Writes to a file that is there, in one call as the kernel's files want it. A refusal is an answer too.
    /// </summary>
    /// <returns>Null when it was written, else what the system said.</returns>
    public string? Write(string path, string text)
    {
        try
        {
            using var stream = new FileStream(PathOf(path), FileMode.Truncate, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            stream.Write(System.Text.Encoding.ASCII.GetBytes(text + "\n"));
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }

    /// <summary>Paths of the sub-folders whose name begins so, in no particular order; none when the folder is absent.</summary>
    public IEnumerable<string> Folders(string path, string prefix)
    {
        string full = PathOf(path);
        return Directory.Exists(full) ? Directory.EnumerateDirectories(full, prefix + "*").Select(folder => $"{path}/{Path.GetFileName(folder)}") : [];
    }

    /// <summary>Value behind "key:" in a file of such lines (cpuinfo, status, meminfo): its first occurrence, or null.</summary>
    public static string? Field(string? text, string key)
    {
        foreach (ReadOnlySpan<char> line in (text ?? string.Empty).AsSpan().EnumerateLines())
        {
            int colon = line.IndexOf(':');
            if (colon > 0 && line[..colon].Trim().SequenceEqual(key))
            {
                return line[(colon + 1)..].Trim().ToString();
            }
        }

        return null;
    }

    /// <summary>Numbers of a list such as "0-3,8,10-11"; empty for anything else.</summary>
    public static int[] ParseList(string? text)
    {
        var list = new List<int>();
        foreach (string part in (text ?? string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] ends = part.Split('-');
            if (ends.Length is < 1 or > 2
                || !int.TryParse(ends[0], out int first)
                || !int.TryParse(ends[^1], out int last)
                || first < 0
                || last < first
                || last > 1 << 20)
            {
                return [];
            }

            list.AddRange(Enumerable.Range(first, last - first + 1));
        }

        return [.. list];
    }

    /// <summary>Bytes of a size such as "32K" or "1024K" or "32M"; null for anything else.</summary>
    public static long? ParseSize(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        int shift = char.ToUpperInvariant(text[^1]) switch { 'K' => 10, 'M' => 20, 'G' => 30, _ => 0 };
        return long.TryParse(shift == 0 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value << shift : null;
    }
}
