using System.IO.Compression;
using System.Text;
using Attune.Devices.Files;

namespace Attune.Records.Text;

/// <summary>Text files of other programs and of users, plain or gzipped, whatever their names end in. Stateless.</summary>
public static class TextFile
{
    /// <summary>Bytes of text that are read, after decompression. Real logs and recordings stay far below.</summary>
    public const long MaxBytes = 512L << 20;

    /// <summary>Opens a file. Reading past the limit throws a <see cref="TextTooLongException"/>, damaged gzip an <see cref="InvalidDataException"/>.</summary>
    /// <param name="path">The file; others may go on writing to it.</param>
    /// <param name="limit">Bytes of text that are read at most.</param>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static StreamReader Open(string path, long limit = MaxBytes)
    {
        // Nothing to read, and a pipe must not be opened: that would wait for ever for somebody to write into it.
        if (SpecialFiles.HasNoLength(path))
        {
            return new StreamReader(Stream.Null);
        }

        FileStream? file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            bool isZipped = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
            file.Position = 0;
            var content = new BoundedStream(isZipped ? new GZipStream(file, CompressionMode.Decompress) : file, limit);
            file = null;
            return new StreamReader(content, Encoding.UTF8);
        }
        finally
        {
            file?.Dispose();
        }
    }
}
