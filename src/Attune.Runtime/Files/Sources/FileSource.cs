using Attune.Devices.Files;
using Microsoft.Win32.SafeHandles;

namespace Attune.Runtime.Files.Sources;

/// <summary>A tuned model in a file, which stays open.</summary>
internal sealed class FileSource : ModelSource
{
    private readonly SafeFileHandle file;

    /// <summary>Opens a file.</summary>
    /// <exception cref="FileDefectException">It is a pipe or device.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public FileSource(string path)
    {
        // Opening a pipe would wait for ever for somebody to write into it.
        if (SpecialFiles.HasNoLength(path))
        {
            throw new FileDefectException(
                TunedModelFailure.NotATunedModel, "it does not begin like a tuned model: it is empty, or a pipe or device instead of a file");
        }

        file = File.OpenHandle(path);
        Length = RandomAccess.GetLength(file);
    }

    public override long Length { get; }

    public override int Read(Span<byte> bytes, long position) => RandomAccess.Read(file, bytes, position);

    public override void Dispose() => file.Dispose();
}
