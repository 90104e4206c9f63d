using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Attune.Runtime;

/// <summary>Moves weights between arrays and a file, and hashes them on the way.</summary>
internal static class WeightTransfer
{
    /// <summary>SHA-256 of every chunk, lower-case hexadecimal; uses all cores.</summary>
    public static string[] Hash(WeightLayout layout) => ForChunks(layout, static (piece, bytes) => { });

    /// <summary>Reads the weights into the arrays of the layout and hashes every chunk in the same pass; uses all cores.</summary>
    /// <param name="file">The file.</param>
    /// <param name="content">Where the weights begin in it.</param>
    /// <param name="layout">Where each array lies.</param>
    /// <exception cref="FileDefectException">The file ends too early.</exception>
    public static string[] Read(SafeFileHandle file, long content, WeightLayout layout) => ForChunks(layout, (piece, bytes) => Fill(file, bytes, content + piece.Position));

    /// <summary>Writes the weights.</summary>
    /// <returns>Their CRC-32.</returns>
    public static uint Write(SafeFileHandle file, long content, WeightLayout layout)
    {
        var padding = new byte[WeightLayout.BlockBytes];
        uint crc = 0;
        for (int chunk = 0; chunk < layout.Chunks; chunk++)
        {
            foreach (WeightPiece piece in layout.Pieces(chunk))
            {
                ReadOnlySpan<byte> bytes = piece.Bytes(padding);
                RandomAccess.Write(file, bytes, content + piece.Position);
                crc = Crc32.Append(crc, bytes);
            }
        }

        return crc;
    }

    /// <summary>SHA-256 of every chunk of bytes in memory.</summary>
    public static string[] Hash(byte[] bytes) =>
        [.. bytes.Chunk(WeightLayout.ChunkBytes).Select(chunk => Convert.ToHexStringLower(SHA256.HashData(chunk)))];

    /// <summary>Reads exactly as many bytes as fit.</summary>
    /// <exception cref="FileDefectException">The file ends too early.</exception>
    public static void Fill(SafeFileHandle file, Span<byte> bytes, long position)
    {
        while (!bytes.IsEmpty)
        {
            int read = RandomAccess.Read(file, bytes, position);
            if (read == 0)
            {
                throw new FileDefectException(TunedModelFailure.Truncated, "it became shorter while it was read");
            }

            bytes = bytes[read..];
            position += read;
        }
    }

    private delegate void Visit(WeightPiece piece, Span<byte> bytes);

    private static string[] ForChunks(WeightLayout layout, Visit visit)
    {
        var hashes = new string[layout.Chunks];
        try
        {
            Parallel.For(0, hashes.Length, chunk =>
            {
                using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                var padding = new byte[WeightLayout.BlockBytes];
                foreach (WeightPiece piece in layout.Pieces(chunk))
                {
                    Span<byte> bytes = piece.Bytes(padding);
                    visit(piece, bytes);
                    hash.AppendData(bytes);
                }

                hashes[chunk] = Convert.ToHexStringLower(hash.GetHashAndReset());
            });
        }
        catch (AggregateException exception) when (exception.InnerException is FileDefectException or IOException)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(exception.InnerException);
        }

        return hashes;
    }
}
