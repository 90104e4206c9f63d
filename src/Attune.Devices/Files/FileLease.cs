using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Attune.Devices.Files;

/// <summary>
/// The right to be a file's only writer, as an advisory lock on the file itself: symbolic links, hard links and different paths to it all meet the same lock,
/// readers meet none, and no second file is needed. On Linux it belongs to the open file description (fcntl's OFD locks, since 3.15), so that it holds between
/// threads as well as processes, closing another handle of the file does not drop it, and it ends with the process however that ends. Elsewhere the sharing
/// mode of the open file must do. Stateless.
/// </summary>
internal static partial class FileLease
{
    private const int SetOpenFileLock = 37;
    private const short WriteLock = 1;
    private const int TryAgain = 11;
    private const int AccessDenied = 13;
    private const string Replaced = " (deleted)";

    /// <summary>Takes the lock; closing the handle gives it back.</summary>
    /// <param name="file">The file, open for writing.</param>
    /// <returns>False when somebody else has it. True also where the file system knows no locks.</returns>
    public static bool TryTake(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            return true;
        }

        // From the first byte to the end, however far the file grows.
        var whole = new FileLock { Type = WriteLock };
        return Control(file, SetOpenFileLock, ref whole) == 0 || Marshal.GetLastPInvokeError() is not (TryAgain or AccessDenied);
    }

    /// <summary>True when the file has lost its name since it was opened: it was deleted, or another one took its place.</summary>
    /// <param name="file">An open file.</param>
    public static bool HasLostItsName(SafeFileHandle file) =>
        OperatingSystem.IsLinux() && new FileInfo($"/proc/self/fd/{file.DangerousGetHandle()}").LinkTarget is { } target
            && target.EndsWith(Replaced, StringComparison.Ordinal);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, int command, ref FileLock argument);

    /// <summary>struct flock of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FileLock
    {
        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int Process;
    }
}
