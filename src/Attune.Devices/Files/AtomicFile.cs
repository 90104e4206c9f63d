namespace Attune.Devices.Files;

/// <summary>
/// Writes a whole file or nothing: the content goes to a temporary neighbour, is flushed to the disk, and takes the name in one step. Stateless.
/// </summary>
internal static class AtomicFile
{
    /// <summary>Writes a file; whatever had the name before is replaced.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes the content, front to back.</param>
    /// <exception cref="IOException">The file system refuses, or the path names a device; the old file is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written; the old file is as it was.</exception>
    public static void Write(string path, Action<Stream> write) => Replace(path, temporary =>
    {
        using var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
        write(stream);
        stream.Flush(flushToDisk: true);
    });

    /// <summary>Writes a file by a writer that needs its path; whatever had the name before is replaced.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Makes a file of the given path, which does not exist yet, and flushes it to the disk.</param>
    /// <exception cref="IOException">As for <see cref="Write"/>.</exception>
    /// <exception cref="UnauthorizedAccessException">As for <see cref="Write"/>.</exception>
    public static void Replace(string path, Action<string> write)
    {
        SpecialFiles.RequireReplaceable(path);
        string target = Path.GetFullPath(path);
        string temporary = $"{target}.{Guid.NewGuid():N}.tmp";
        try
        {
            write(temporary);
            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            // A full disk must not be left fuller; the failure itself goes on to the caller.
            TryDelete(temporary);
            throw;
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The failure that led here is what the caller must hear of.
            return;
        }
    }
}
