using Attune.Devices;

namespace Attune.Graph;

/// <summary>Writes a whole file or nothing: the content goes to a temporary neighbour, is flushed to the disk, and takes the name in one step.</summary>
public static class AtomicFile
{
    /// <summary>Writes a file; whatever had the name before is replaced.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes the content, front to back.</param>
    /// <exception cref="IOException">The file system refuses, or the path names a device; the old file is as it was.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        SpecialFiles.RequireReplaceable(path);
        string target = Path.GetFullPath(path);
        string temporary = $"{target}.{Environment.ProcessId}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            // A full disk must not be left fuller; the failure itself goes on to the caller.
            File.Delete(temporary);
            throw;
        }
    }
}
