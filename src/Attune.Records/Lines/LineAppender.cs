using Attune.Records.Journals;

namespace Attune.Records.Lines;

/// <summary>
/// The one way in which lines get into a file, and so the one promise: each line is one write, so a process killed at any moment loses at most the line it
/// was writing; the
/// first line that follows cuts a half one off; a line that the disk refused is not in the file, those before it are; what was flushed survives a power cut.
/// Nothing is
/// changed before the first line. Safe to share between threads.
/// </summary>
/// <param name="path">The file, for messages.</param>
/// <param name="kind">What it is.</param>
/// <param name="file">The file, open and locked; it is closed with this.</param>
/// <param name="intact">Bytes up to the end of the last complete line.</param>
/// <param name="lacksLineFeed">True when that line is complete but for its line feed.</param>
/// <param name="options">How often lines are flushed to the disk.</param>
internal sealed class LineAppender(string path, LineFileKind kind, FileStream file, long intact, bool lacksLineFeed, JournalOptions options) : IDisposable
{
    private readonly Lock gate = new();
    private bool isRepaired;
    private int unsynced;
    private long lastSync = options.Clock.GetTimestamp();

    /// <summary>Appends a line.</summary>
    /// <param name="line">The line with its line feed.</param>
    /// <exception cref="JournalException">The disk is full or failed; the line is not in the file, those before it are.</exception>
    public void Append(ReadOnlySpan<byte> line)
    {
        lock (gate)
        {
            long before = intact;
            try
            {
                Repair();
                before = file.Position;
                file.Write(line);
                unsynced++;
                if (unsynced >= options.SyncEveryRecords || options.Clock.GetElapsedTime(lastSync) >= options.SyncEvery)
                {
                    Sync();
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Undo(before);
                throw JournalException.From(exception, path, "append to", kind);
            }
        }
    }

    /// <summary>Makes everything appended so far durable, then gives the file free.</summary>
    /// <exception cref="JournalException">The disk failed.</exception>
    public void Dispose()
    {
        lock (gate)
        {
            try
            {
                if (unsynced > 0)
                {
                    Sync();
                }
            }
            catch (IOException exception)
            {
                throw JournalException.From(exception, path, "close", kind);
            }
            finally
            {
                file.Dispose();
            }
        }
    }

    private void Repair()
    {
        if (isRepaired)
        {
            return;
        }

        file.SetLength(intact);
        file.Seek(0, SeekOrigin.End);
        if (lacksLineFeed)
        {
            file.Write("\n"u8);
        }

        isRepaired = true;
    }

    private void Sync()
    {
        file.Flush(flushToDisk: true);
        unsynced = 0;
        lastSync = options.Clock.GetTimestamp();
    }

    // A half-written line must not stay in front of the next one. When even this fails, readers report the half line as damage and go on.
    private void Undo(long length)
    {
        try
        {
            file.SetLength(length);
        }
        catch (IOException)
        {
            return;
        }
        finally
        {
            file.Seek(0, SeekOrigin.End);
        }
    }
}
