using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Attune.Devices.Files;

/// <summary>
/// A small text file that a process with more rights will trust: only this user or root can have written it. Reading refuses symbolic links, pipes,
/// folders, files of other users and files that others
/// may write; it follows no link and waits for nobody. Writing makes a new file of a random name and gives it the right name in one step, and never
/// replaces what is there. Stateless. Linux only.
/// </summary>
internal static unsafe partial class PrivateFile
{
    /// <summary>Most bytes that are read.</summary>
    public const int Largest = 1 << 20;

    private const UnixFileMode ForOthersToWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const int NoSuchFile = 2;
    private const int NoSuchFolder = 20;
    private const int TooManyLinks = 40;
    private const int TypeMask = 0xF000;
    private const int RegularFile = 0x8000;

    /// <summary>Reads the file.</summary>
    /// <param name="path">Its path; a link in its last part is refused, links to folders before it are followed.</param>
    /// <returns>The text, or why it is not read; neither when there is no such file.</returns>
    public static (string? Text, string? Problem) Read(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return (null, "restore files are only read on Linux");
        }

        try
        {
            using SafeFileHandle handle = Open(path);
            if (handle.IsInvalid)
            {
                return (null, Refusal(Marshal.GetLastPInvokeError()));
            }

            if (Distrust(handle) is { } distrust)
            {
                return (null, distrust);
            }

            long length = RandomAccess.GetLength(handle);
            if (length > Largest)
            {
                return (null, $"it has {length} bytes, and at most {Largest} are read");
            }

            byte[] bytes = new byte[length];
            int read = 0;
            for (int got; read < bytes.Length && (got = RandomAccess.Read(handle, bytes.AsSpan(read), read)) > 0;)
            {
                read += got;
            }

            return (Encoding.UTF8.GetString(bytes, 0, read), null);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or EntryPointNotFoundException or ArgumentException)
        {
            return (null, unreadable.Message);
        }
    }

    /// <summary>Writes the file, which must not be there yet, and syncs it to the disk.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="text">Its text.</param>
    /// <returns>Null when it was written, else why not; then nothing has changed.</returns>
    public static string? Write(string path, string text)
    {
        string temporary = $"{path}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}.new";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        bool made = false;
        try
        {
            using (var stream = new FileStream(temporary, options))
            {
                made = true;
                stream.Write(Encoding.UTF8.GetBytes(text));
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: false);
            return null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return made && Delete(temporary) is { } left ? $"{refused.Message} ({left})" : refused.Message;
        }
    }

    /// <summary>Deletes a file; a link itself, not what it points to.</summary>
    /// <returns>Null when it is gone, else why not.</returns>
    public static string? Delete(string path)
    {
        try
        {
            File.Delete(path);
            return null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return refused.Message;
        }
    }

    /// <summary>Opens without following a link; the handle is invalid when the system refuses.</summary>
    private static SafeFileHandle Open(string path)
    {
        // O_NOFOLLOW is one of the few flags whose number depends on the processor. O_NONBLOCK: opening a pipe would wait for its writer. O_CLOEXEC:
        // no child inherits it.
        int noFollow = RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 or Architecture.Armv6 or Architecture.Ppc64le
            ? 0x8000
            : 0x20000;
        return new SafeFileHandle(OpenFile(path, noFollow | 0x800 | 0x80000), ownsHandle: true);
    }

    /// <summary>What a refused opening means; null when there is no such file.</summary>
    private static string? Refusal(int error) => error switch
    {
        NoSuchFile or NoSuchFolder => null,
        TooManyLinks => "it is a symbolic link, and those are not followed",
        _ => Marshal.GetPInvokeErrorMessage(error),
    };

    /// <summary>Why what was opened is not believed; null when it is.</summary>
    private static string? Distrust(SafeFileHandle handle)
    {
        // struct statx has the same layout on every processor: owner at byte 20, type and mode at byte 28.
        byte* about = stackalloc byte[256];
        const int EmptyPath = 0x1000;
        const uint TypeModeAndOwner = 0x1 | 0x2 | 0x8;
        if (Status((int)handle.DangerousGetHandle(), string.Empty, EmptyPath, TypeModeAndOwner, about) != 0)
        {
            return Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
        }

        uint owner = *(uint*)(about + 20);
        int mode = *(ushort*)(about + 28);
        return (mode & TypeMask) != RegularFile ? "it is no ordinary file"
            : owner != 0 && owner != EffectiveUser() ? $"it belongs to user {owner}"
            : ((UnixFileMode)(mode & 0xFFF) & ForOthersToWrite) != UnixFileMode.None ? "other users may write it"
            : null;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Status(int folder, string path, int flags, uint mask, byte* about);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();
}
