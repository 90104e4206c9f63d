using Attune.Records.Lines;

namespace Attune.Records.Journals;

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
    internal static JournalException From(Exception exception, string path, string action, LineFileKind? kind = null)
    {
        kind ??= Journal.Kind;
        (JournalFailure failure, string reason, string next) = exception switch
        {
            FileNotFoundException or DirectoryNotFoundException =>
                (JournalFailure.NotFound, "it does not exist", $"Check the path, or {kind.Alternative}."),
            UnauthorizedAccessException =>
                (JournalFailure.AccessDenied, exception.Message, $"Make it a writable file, or {kind.Alternative}."),
            IOException io when IsDiskFull(io) =>
                (JournalFailure.DiskFull, "no space is left on the device", "Free some space and run the same command again: it resumes from what "
                    + "is already written."),
            IOException io when IsShared(io) => (JournalFailure.InUse, "another process is writing to it", WhenInUse(kind)),
            _ => (JournalFailure.FileSystem, exception.Message, $"Check the disk, or {kind.Alternative}."),
        };
        return new JournalException(failure, path, $"Cannot {action} the {kind.Name} '{path}': {reason.TrimEnd('.')}.", next, exception);
    }

    /// <summary>Another process writes to the file.</summary>
    internal static JournalException InUse(string path, LineFileKind kind) =>
        new(JournalFailure.InUse, path, $"Another process is writing to the {kind.Name} '{path}', or to the same file by another name.", WhenInUse(kind));

    private static string WhenInUse(LineFileKind kind) => $"Wait for it, or {kind.Alternative}{kind.Joining}.";

    // A sharing violation: EWOULDBLOCK (11 on Linux, 35 on macOS) or ERROR_SHARING_VIOLATION.
    private static bool IsShared(IOException exception) =>
        exception.GetType() == typeof(IOException)
        && (OperatingSystem.IsWindows() ? (exception.HResult & 0xFFFF) is 32 or 33 : exception.HResult is 11 or 35);

    // ENOSPC (28), EDQUOT (122) and EFBIG (27) on Linux; ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL on Windows.
    private static bool IsDiskFull(IOException exception) =>
        OperatingSystem.IsWindows()
            ? (exception.HResult & 0xFFFF) is 112 or 39
            : exception.HResult is 28 or 122 or 27 || exception.Message.Contains("No space left", StringComparison.Ordinal);
}
