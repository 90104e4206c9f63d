using Attune.Records.Text;

namespace Attune.Records.AutoTvm;

/// <summary>Logs of AutoTVM in files, plain or gzipped. Lines pass by one by one; no line is held that is longer than any of TVM's. Stateless.</summary>
public static class AutoTvmLogFile
{
    private const int Sniffed = 1 << 12;

    /// <summary>Shows the records of a log one by one, in the order of the file, and keeps none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="visit">Told of each, with the number of its line from 1.</param>
    /// <returns>
    /// What the file held. Compressed data that are damaged or end early count as one faulty line where they do, and so does what is beyond 512 MiB of text.
    /// </returns>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static AutoTvmTally Visit(string path, Action<AutoTvmRecord, int> visit) => Visit(path, visit, TextFile.MaxBytes);

    /// <summary>As <see cref="Visit(string, Action{AutoTvmRecord, int})"/>, up to a limit.</summary>
    /// <param name="path">The file.</param>
    /// <param name="visit">Told of each record, with the number of its line from 1.</param>
    /// <param name="limit">Bytes of text that are read at most.</param>
    internal static AutoTvmTally Visit(string path, Action<AutoTvmRecord, int> visit, long limit)
    {
        var scan = new AutoTvmScan(visit);
        using StreamReader reader = TextFile.Open(path, limit);
        try
        {
            foreach (string? line in BoundedLines.Of(reader, AutoTvmLine.MaxLength))
            {
                scan.Add(line);
            }
        }
        catch (TextTooLongException longer)
        {
            scan.AddUnreadable($"{longer.Message}, and the rest was not read; split it into several files");
        }
        catch (InvalidDataException damaged)
        {
            scan.AddUnreadable($"the compressed data are damaged from here on ({damaged.Message.TrimEnd('.')})");
        }

        return scan.Finish();
    }

    /// <summary>
    /// True when a file looks like a log: its first line that is neither blank nor a comment begins as records of AutoTVM do. False for anything else and for
    /// what cannot be read.
    /// </summary>
    /// <param name="path">The file.</param>
    public static bool IsLog(string path)
    {
        try
        {
            using StreamReader reader = TextFile.Open(path);
            var start = new char[Sniffed];
            string text = new(start, 0, reader.ReadBlock(start));
            string? first = text.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0 && !line.StartsWith('#'));
            string begin = (first ?? string.Empty).Replace(" ", string.Empty, StringComparison.Ordinal);
            return begin.StartsWith("{\"input\":", StringComparison.Ordinal) || begin.StartsWith("{\"i\":", StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return false;
        }
    }
}
