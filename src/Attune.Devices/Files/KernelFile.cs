using System.Text;
using Attune.Devices.Cpu;

namespace Attune.Devices.Files;

/// <summary>
/// A file through which the kernel is told something, kept open between writes: opening and closing costs several times what the write does. A write is one
/// call at offset 0 and allocates nothing. A device that went away and came back is found again. Not thread-safe; Dispose closes it, the next write opens it
/// anew.
/// </summary>
internal sealed class KernelFile : IDisposable
{
    private readonly string full;
    private readonly bool isOrdinary;
    private Microsoft.Win32.SafeHandles.SafeFileHandle? handle;

    /// <summary>Names the file; nothing is opened yet.</summary>
    /// <param name="files">Where the system's files are.</param>
    /// <param name="path">Its path below them.</param>
    public KernelFile(SystemFiles files, string path)
    {
        Path = path;
        full = files.PathOf(path);
        isOrdinary = !files.IsMachine;
    }

    /// <summary>Path below the root.</summary>
    public string Path { get; }

    /// <summary>Writes a text.</summary>
    /// <param name="text">With the line's end.</param>
    /// <returns>Null when it was written, else what the system said.</returns>
    public string? Write(ReadOnlySpan<byte> text)
    {
        bool wasOpen = handle is not null;
        string? refusal = Attempt(text);
        if (refusal is null || !wasOpen)
        {
            return refusal;
        }

        Dispose();
        return Attempt(text);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        handle?.Dispose();
        handle = null;
    }

    /// <summary>A text as it is written.</summary>
    public static byte[] Line(string text) => Encoding.ASCII.GetBytes(text + "\n");

    private string? Attempt(ReadOnlySpan<byte> text)
    {
        try
        {
            handle ??= File.OpenHandle(full, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            RandomAccess.Write(handle, text, 0);
            if (isOrdinary)
            {
                // The kernel takes each write as a whole; in a file that only stands for one, the rest of a longer text would stay.
                RandomAccess.SetLength(handle, text.Length);
            }

            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }
}
