namespace Attune.Graph;

/// <summary>Writes a whole file or nothing: the content goes to a temporary neighbour, is flushed to the disk, and takes the name in one step.</summary>
internal static class AtomicFile
{
    public static void Write(string path, Action<Stream> write)
    {
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
