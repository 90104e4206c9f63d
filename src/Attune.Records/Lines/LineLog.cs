using System.Collections.Immutable;
using Attune.Records.Journals;

namespace Attune.Records.Lines;

/// <summary>
/// An append-only log of JSON objects of any shape, one line each, with the journal's checksum: for records that are no tuning records and live next to them.
/// What a crash can cost: <see cref="LineAppender"/>. One process appends at a time. Opening changes nothing. Safe to share between threads.
/// </summary>
public sealed class LineLog : IDisposable
{
    private readonly LineAppender appender;

    private LineLog(string path, LineAppender appender, LineLogContents contents)
    {
        Path = path;
        this.appender = appender;
        Contents = contents;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>What the log held when it was opened.</summary>
    public LineLogContents Contents { get; }

    /// <summary>
    /// Opens a log for appending; makes it and its folder when missing. An interrupted last line is cut off by the first line that follows it.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">What it should be; asked about the JSON object of a first line whose checksum is right.</param>
    /// <param name="options">Durability; null for <see cref="JournalOptions.Default"/>.</param>
    /// <exception cref="JournalException">It is in use, no such log, or the file system refuses.</exception>
    public static LineLog Open(string path, LineFileKind kind, JournalOptions? options = null) => Open(path, kind, options, anew: false);

    /// <summary>Begins a log in place of what the file held, if that was such a log.</summary>
    /// <param name="path">As for <see cref="Open(string, LineFileKind, JournalOptions?)"/>.</param>
    /// <param name="kind">As above.</param>
    /// <param name="options">As above.</param>
    /// <exception cref="JournalException">As above; the file is as it was then.</exception>
    public static LineLog Begin(string path, LineFileKind kind, JournalOptions? options = null) => Open(path, kind, options, anew: true);

    private static LineLog Open(string path, LineFileKind kind, JournalOptions? options, bool anew)
    {
        path = System.IO.Path.GetFullPath(path);
        FileStream? opened = LineFile.Open(path, kind with { IsOurs = line => JsonOf(line, kind) is { } json && kind.IsOurs(json) });
        try
        {
            if (anew)
            {
                opened.SetLength(0);
            }

            LineLogContents contents = Read(opened, path, kind);
            var log = new LineLog(
                path, new LineAppender(path, kind, opened, contents.IntactLength, lacksLineFeed: false, options ?? JournalOptions.Default), contents);
            opened = null;
            return log;
        }
        catch (Exception exception) when (exception is (IOException or UnauthorizedAccessException) and not JournalException)
        {
            throw JournalException.From(exception, path, "open", kind);
        }
        finally
        {
            opened?.Dispose();
        }
    }

    /// <summary>Reads a whole log without locking it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">What it should be.</param>
    /// <exception cref="JournalException">It is missing, unreadable, or no such log.</exception>
    public static LineLogContents Read(string path, LineFileKind kind)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return Read(stream, path, kind);
        }
        catch (Exception exception) when (exception is (IOException or UnauthorizedAccessException) and not JournalException)
        {
            throw JournalException.From(exception, path, "read", kind);
        }
    }

    /// <summary>Appends one object; it is on disk when this returns.</summary>
    /// <param name="json">UTF-8 JSON of an object with at least one property, on one line.</param>
    /// <exception cref="JournalException">The disk is full or failed; the line is not in the file, those before it are.</exception>
    /// <exception cref="ArgumentException">The text is no object on one line.</exception>
    public void Append(ReadOnlySpan<byte> json)
    {
        if (json.Length < 3 || json[0] != '{' || json[^1] != '}' || json.Contains((byte)'\n'))
        {
            throw new ArgumentException("A line of a log is a JSON object without line feeds.", nameof(json));
        }

        appender.Append(JournalLine.Seal(json));
    }

    /// <summary>Makes everything appended so far durable, then gives the file free.</summary>
    /// <exception cref="JournalException">The disk failed.</exception>
    public void Dispose() => appender.Dispose();

    /// <summary>The JSON object of a line without its line feed; null when its checksum is wrong, or missing and the kind takes no plain lines.</summary>
    public static byte[]? JsonOf(ReadOnlySpan<byte> line, LineFileKind kind) =>
        JournalLine.Unseal(line) ?? (kind.TakesPlainLines && line is [(byte)'{', .., (byte)'}'] && !JournalLine.HasChecksum(line) ? line.ToArray() : null);

    private static LineLogContents Read(FileStream stream, string path, LineFileKind kind)
    {
        if (stream.Length > int.MaxValue)
        {
            throw new IOException("it is larger than 2 GiB");
        }

        byte[] all = new byte[stream.Length];
        stream.Seek(0, SeekOrigin.Begin);
        stream.ReadExactly(all);
        var lines = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        var damage = ImmutableArray.CreateBuilder<JournalDamage>();
        int start = 0;
        int number = 0;
        while (Array.IndexOf(all, (byte)'\n', start) is >= 0 and int end)
        {
            number++;
            ReadOnlySpan<byte> line = start == 0 ? LineFile.TrimFirst(all.AsSpan(0, end)) : LineFile.Trim(all.AsSpan(start, end - start));
            if (line.Length <= LineFile.LongestLine && JsonOf(line, kind) is { } json)
            {
                lines.Add(json);
            }
            else if (!line.IsEmpty)
            {
                damage.Add(new JournalDamage(number, "the checksum is missing or does not match"));
            }

            start = end + 1;
        }

        if (lines.Count == 0 && number > 0)
        {
            throw new JournalException(
                JournalFailure.NotAJournal,
                path,
                $"'{path}' is no file of {kind.Name}: not one of its lines has a valid checksum. It was left as it is.",
                $"Check the path, or {kind.Alternative}.");
        }

        return new LineLogContents(lines.ToImmutable(), damage.ToImmutable(), start < all.Length) { IntactLength = start };
    }
}
