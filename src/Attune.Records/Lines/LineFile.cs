using Attune.Devices.Files;
using Attune.Records.Journals;
using Microsoft.Win32.SafeHandles;

namespace Attune.Records.Lines;

/// <summary>
/// Opens files that lines are appended to. Two promises: one process at a time, by whatever path it came (<see cref="FileLease"/>), and nothing is ever changed
/// in a file whose first line is not proved to be ours. An empty file is nobody's. Stateless.
/// </summary>
public static class LineFile
{
    /// <summary>Longer than any line of ours, bytes; bounds the memory that a file without line feeds can take.</summary>
    public const int LongestLine = 1 << 24;

    private const int Attempts = 3;
    private const int Patience = 15;
    private const int MillisecondsBetween = 10;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Opens a file for reading and appending; makes it and its folder when missing. Nothing in it is changed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">What it should be.</param>
    /// <returns>The file at its beginning; closing it gives it free for others.</returns>
    /// <exception cref="JournalException">It is in use, something else, or the file system refuses.</exception>
    public static FileStream Open(string path, LineFileKind kind)
    {
        string full = Path.GetFullPath(path);
        FileStream? file = null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            file = OpenLocked(full, kind);
            RequireOurs(file, full, kind);
            FileStream opened = file;
            file = null;
            return opened;
        }
        catch (Exception exception) when (exception is (IOException or UnauthorizedAccessException) and not JournalException)
        {
            throw JournalException.From(exception, full, "open", kind);
        }
        finally
        {
            file?.Dispose();
        }
    }

    /// <summary>Checks a file that is about to be replaced as a whole; one that is missing or empty may be.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">What it should be.</param>
    /// <exception cref="JournalException">It is something else, or the file system refuses.</exception>
    public static void RequireReplaceable(string path, LineFileKind kind)
    {
        try
        {
            using FileStream? file = OpenContent(path);
            if (file is not null)
            {
                RequireOurs(file, path, kind);
            }
        }
        catch (Exception exception) when (exception is (IOException or UnauthorizedAccessException) and not JournalException)
        {
            throw JournalException.From(exception, path, "replace", kind);
        }
    }

    /// <summary>True when a file is there whose first line is one of a kind.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">The kind.</param>
    /// <exception cref="JournalException">The file system refuses.</exception>
    public static bool Holds(string path, LineFileKind kind)
    {
        try
        {
            using FileStream? file = OpenContent(path);
            return file is { Length: > 0 } && kind.IsOurs(FirstLine(file));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw JournalException.From(exception, path, "replace", kind);
        }
    }

    /// <summary>A line without what editors of other systems add: the carriage return before its end.</summary>
    internal static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> line) => line is [.., (byte)'\r'] ? line[..^1] : line;

    /// <summary>The first line of a file without the mark that editors of other systems put before it.</summary>
    internal static ReadOnlySpan<byte> TrimFirst(ReadOnlySpan<byte> line) => Trim(line.StartsWith(ByteOrderMark) ? line[ByteOrderMark.Length..] : line);

    // Whoever replaces the file between opening and locking leaves us with a lock on a file that nobody will find again.
    private static FileStream OpenLocked(string path, LineFileKind kind)
    {
        for (int attempt = 0; ; attempt++)
        {
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, bufferSize: 0);
            try
            {
                if (!file.CanSeek)
                {
                    // Reading a pipe would wait for ever for somebody to write into it.
                    throw new IOException("it is a pipe or device instead of a file");
                }

                if (!Take(file.SafeFileHandle))
                {
                    throw JournalException.InUse(path, kind);
                }

                if (!FileLease.HasLostItsName(file.SafeFileHandle) || attempt + 1 == Attempts)
                {
                    FileStream opened = file;
                    file = null;
                    return opened;
                }
            }
            finally
            {
                file?.Dispose();
            }
        }
    }

    // A program that this one is starting shares the locks of its parent until it has become that program: a moment's patience tells it from a writer.
    private static bool Take(SafeFileHandle handle)
    {
        for (int attempt = 0; !FileLease.TryTake(handle); attempt++)
        {
            if (attempt == Patience)
            {
                return false;
            }

            Thread.Sleep(MillisecondsBetween);
        }

        return true;
    }

    // A pipe or device has no length, and nothing in it to lose; opening it might wait for ever.
    private static FileStream? OpenContent(string path) => File.Exists(path) && !SpecialFiles.HasNoLength(path)
        ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0)
        : null;

    private static void RequireOurs(FileStream file, string path, LineFileKind kind)
    {
        if (file.Length > 0 && !kind.IsOurs(FirstLine(file)))
        {
            throw new JournalException(
                JournalFailure.NotAJournal,
                path,
                $"'{path}' was left as it is: lines are appended only to {kind.Name}, and its first line is not {kind.Line}.",
                $"Check the path, or {kind.Alternative}.");
        }

        file.Seek(0, SeekOrigin.Begin);
    }

    /// <summary>The first line that is not blank; empty when there is none or it is longer than any of ours.</summary>
    private static ReadOnlySpan<byte> FirstLine(FileStream file)
    {
        var buffer = new byte[1 << 12];
        int held = 0;
        bool first = true;
        while (true)
        {
            int read = file.Read(buffer, held, buffer.Length - held);
            held += read;
            int start = 0;
            while (buffer.AsSpan(start, held - start).IndexOf((byte)'\n') is var length && (length >= 0 || read == 0))
            {
                ReadOnlySpan<byte> line = buffer.AsSpan(start, length < 0 ? held - start : length);
                line = first ? TrimFirst(line) : Trim(line);
                if (!line.IsEmpty || length < 0)
                {
                    return line;
                }

                first = false;
                start += length + 1;
            }

            held -= start;
            buffer.AsSpan(start, held).CopyTo(buffer);
            if (held == buffer.Length)
            {
                if (held >= LongestLine)
                {
                    return [];
                }

                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }
}
