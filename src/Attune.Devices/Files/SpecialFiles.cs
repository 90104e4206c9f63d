namespace Attune.Devices.Files;

/// <summary>
/// Tells ordinary files from what the system also shows as files: pipes, which block whoever opens them, and device nodes, which writing by renaming would
/// replace by a plain file. Uses managed calls only, so it goes by length and place. Stateless.
/// </summary>
internal static class SpecialFiles
{
    private static readonly string[] SystemFolders = ["/dev/", "/proc/", "/sys/"];
    private const string SharedMemory = "/dev/shm/";

    /// <summary>
    /// True when something of that name is there but has no length: an empty file, a pipe or a device. Nothing is opened, so nothing can block.
    /// </summary>
    /// <param name="path">Path of any form; what a link points to counts.</param>
    public static bool HasNoLength(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            return false;
        }

        FileInfo target = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
        return target is { Exists: true, Length: 0 };
    }

    /// <summary>Refuses to replace what belongs to the system.</summary>
    /// <param name="path">The file that is about to be written.</param>
    /// <exception cref="IOException">It lies in /dev, /proc or /sys (/dev/shm is an ordinary place).</exception>
    public static void RequireReplaceable(string path)
    {
        string full = Path.GetFullPath(path);
        if (OperatingSystem.IsLinux()
            && !full.StartsWith(SharedMemory, StringComparison.Ordinal)
            && SystemFolders.Any(folder => full.StartsWith(folder, StringComparison.Ordinal)))
        {
            throw new IOException($"'{path}' cannot be written: it belongs to the system, and files are written by replacing them as a whole.");
        }
    }
}
