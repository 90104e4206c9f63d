using System.Globalization;
using System.Text;

namespace Attune.Records;

/// <summary>
/// The right to append to a journal: a file next to it, opened without sharing, which .NET maps to an advisory lock that ends with the process however
/// it ends. The lock file is never deleted: deleting it would let two processes lock two files of the same name.
/// </summary>
internal static class JournalLock
{
    /// <summary>Takes the lock of a journal; disposing the stream gives it free.</summary>
    /// <exception cref="JournalException">Another process has it.</exception>
    public static FileStream Take(string path)
    {
        string lockPath = path + ".lock";
        try
        {
            var stream = new FileStream(lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            stream.SetLength(0);
            stream.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            return stream;
        }
        catch (IOException exception) when (IsHeld(exception))
        {
            throw new JournalException(
                JournalFailure.InUse,
                path,
                $"Another process is writing to the tuning records '{path}' (it holds '{lockPath}').",
                "Wait for it, or name another file with --records FILE; to join both later: attune records merge FILE FILE -o FILE",
                exception);
        }
    }

    // A sharing violation: EWOULDBLOCK (11 on Linux, 35 on macOS) or ERROR_SHARING_VIOLATION.
    private static bool IsHeld(IOException exception) =>
        exception.GetType() == typeof(IOException)
        && (OperatingSystem.IsWindows() ? (exception.HResult & 0xFFFF) is 32 or 33 : exception.HResult is 11 or 35);
}
