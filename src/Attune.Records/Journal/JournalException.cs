namespace Attune.Records;

/// <summary>A journal could not be opened, read or appended to. The message says what, where and why; <see cref="Next"/> what to do.</summary>
public sealed class JournalException : IOException
{
    /// <summary>Makes the error.</summary>
    public JournalException(JournalFailure failure, string path, string message, string next, Exception? inner = null)
        : base(message, inner)
    {
        Failure = failure;
        Path = path;
        Next = next;
    }

    /// <summary>The kind of failure.</summary>
    public JournalFailure Failure { get; }

    /// <summary>The journal's path.</summary>
    public string Path { get; }

    /// <summary>What the user can do about it.</summary>
    public string Next { get; }

    /// <summary>Names a file-system failure.</summary>
    internal static JournalException From(Exception exception, string path, string action)
    {
        (JournalFailure failure, string reason, string next) = exception switch
        {
            FileNotFoundException or DirectoryNotFoundException =>
                (JournalFailure.NotFound, "it does not exist", "Check the path, or leave --records out to use the default journal."),
            UnauthorizedAccessException =>
                (JournalFailure.AccessDenied, exception.Message, "Make the file writable, or name another one with --records FILE."),
            IOException io when IsDiskFull(io) =>
                (JournalFailure.DiskFull, "no space is left on the device", "Free some space and run the same command again: it resumes from the records already written."),
            _ => (JournalFailure.FileSystem, exception.Message, "Check the disk, or name another file with --records FILE."),
        };
        return new JournalException(failure, path, $"Cannot {action} the tuning records '{path}': {reason.TrimEnd('.')}.", next, exception);
    }

    // ENOSPC (28), EDQUOT (122) and EFBIG (27) on Linux; ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL on Windows.
    private static bool IsDiskFull(IOException exception) =>
        OperatingSystem.IsWindows()
            ? (exception.HResult & 0xFFFF) is 112 or 39
            : exception.HResult is 28 or 122 or 27 || exception.Message.Contains("No space left", StringComparison.Ordinal);
}
