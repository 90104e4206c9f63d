using System.Security.Cryptography;
using System.Text;
using Attune.Devices.Files;

namespace Attune.Kernels.Backends;

/// <summary>
/// Compiled programs of devices, kept in a folder, so that what was compiled once is not compiled again. An entry that is damaged, or is not what its name
/// says, counts as absent and is replaced; a folder that cannot be used makes an empty cache. Several processes may use one folder at a time.
/// </summary>
/// <param name="options">Folder and size.</param>
/// <param name="clock">Tells which entries were used last; null takes the system's.</param>
internal sealed class ProgramCache(ProgramCacheOptions options, TimeProvider? clock = null)
{
    private const string Extension = ".program";
    private const string Temporary = ".tmp";
    private const int HashBytes = SHA256.HashSizeInBytes;
    private static readonly byte[] Mark = Encoding.ASCII.GetBytes("ATTNPRG1");
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);
    private readonly TimeProvider time = clock ?? TimeProvider.System;
    private long? bytes;

    /// <summary>The folder.</summary>
    public string Folder => options.Folder;

    /// <summary>The cache of the user who runs this process; null when no folder can be named.</summary>
    public static ProgramCache? OfUser() => ProgramCacheOptions.OfUser(Environment.GetEnvironmentVariable) is { } own ? new ProgramCache(own) : null;

    /// <summary>Name of an entry: equal for equal parts only.</summary>
    /// <param name="parts">Everything that decides what the compiler makes: source, options, device, versions.</param>
    public static string KeyOf(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string part in parts)
        {
            // With its length, so that no two lists of parts read alike.
            byte[] text = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes((long)text.Length));
            hash.AppendData(text);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>A program; null when there is none.</summary>
    /// <param name="key">From <see cref="KeyOf"/>.</param>
    public byte[]? Find(string key)
    {
        try
        {
            string path = PathOf(key);
            if (!File.Exists(path) || IsOpenToOthers() || new FileInfo(path).Length > options.MaxBytes)
            {
                return null;
            }

            byte[] whole = File.ReadAllBytes(path);
            byte[]? program = Contents(whole, key);
            if (program is not null)
            {
                File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime);
            }

            return program;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps a program; the ones that were not used for longest make room.</summary>
    /// <param name="key">From <see cref="KeyOf"/>.</param>
    /// <param name="program">What the compiler made.</param>
    /// <returns>False when it is not kept: the folder cannot be written, or the program is larger than the whole cache.</returns>
    public bool Keep(string key, ReadOnlySpan<byte> program)
    {
        byte[] whole = [.. Mark, .. Convert.FromHexString(key), .. SHA256.HashData(program), .. program];
        if (whole.Length > options.MaxBytes)
        {
            return false;
        }

        try
        {
            MakeFolder();
            if (IsOpenToOthers())
            {
                return false;
            }

            string path = PathOf(key);
            AtomicFile.Write(path, stream => stream.Write(whole));
            File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime);
            bytes = bytes is { } known ? known + whole.Length : Entries().Sum(entry => entry.Length);
            if (bytes > options.MaxBytes)
            {
                Trim();
            }

            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static byte[]? Contents(byte[] whole, string key)
    {
        int start = Mark.Length + (2 * HashBytes);
        return whole.Length >= start
            && whole.AsSpan(0, Mark.Length).SequenceEqual(Mark)
            && whole.AsSpan(Mark.Length, HashBytes).SequenceEqual(Convert.FromHexString(key))
            && whole.AsSpan(Mark.Length + HashBytes, HashBytes).SequenceEqual(SHA256.HashData(whole.AsSpan(start)))
                ? whole[start..]
                : null;
    }

    private static void Delete(FileInfo file)
    {
        try
        {
            file.Delete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another process has it open, or has deleted it: it goes the next time.
            return;
        }
    }

    private string PathOf(string key) => Path.Combine(options.Folder, key + Extension);

    // Compiled programs run with this user's rights: nobody else may put one there.
    private bool IsOpenToOthers() =>
        !OperatingSystem.IsWindows()
            && (File.GetUnixFileMode(options.Folder) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != UnixFileMode.None;

    private void MakeFolder()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(options.Folder);
        }
        else
        {
            Directory.CreateDirectory(options.Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private FileInfo[] Entries() => new DirectoryInfo(options.Folder).GetFiles($"*{Extension}");

    // Down to three quarters, so that not every new program looks through the folder.
    private void Trim()
    {
        FileInfo[] entries = [.. Entries().OrderBy(entry => entry.LastWriteTimeUtc).ThenBy(entry => entry.Name, StringComparer.Ordinal)];
        long left = entries.Sum(entry => entry.Length);
        foreach (FileInfo entry in entries.TakeWhile(_ => left > options.MaxBytes / 4 * 3))
        {
            left -= entry.Length;
            Delete(entry);
        }

        bytes = left;
        DateTime longAgo = (time.GetUtcNow() - Abandoned).UtcDateTime;
        foreach (FileInfo file in new DirectoryInfo(options.Folder).GetFiles($"*{Temporary}").Where(file => file.LastWriteTimeUtc < longAgo))
        {
            // What a process was writing when it was killed.
            Delete(file);
        }
    }
}
