using System.Buffers;
using System.Security.Cryptography;
using Attune.Runtime.Files.Container;
using Attune.Runtime.Files.Sources;
using Microsoft.Win32.SafeHandles;

namespace Attune.Runtime.Files.Weights;

/// <summary>Moves weights between arrays and a file, and hashes them on the way.</summary>
internal static class WeightTransfer
{
    /// <summary>SHA-256 of every chunk, lower-case hexadecimal; uses all cores.</summary>
    public static string[] Hash(WeightLayout layout) => ForChunks(layout, static (piece, bytes) => { });

    /// <summary>Reads the weights into the arrays of the layout and hashes every chunk in the same pass; uses all cores.</summary>
    /// <param name="source">The model.</param>
    /// <param name="content">Where the weights begin in it.</param>
    /// <param name="layout">Where each array lies.</param>
    /// <exception cref="FileDefectException">The file ends too early.</exception>
    public static string[] Read(ModelSource source, long content, WeightLayout layout) =>
        ForChunks(layout, (piece, bytes) => source.Fill(bytes, content + piece.Position));

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

    /// <summary>Reads arrays without hashing them; places without array stay in the file.</summary>
    /// <param name="source">The model.</param>
    /// <param name="content">Where the weights begin in it.</param>
    /// <param name="places">Arrays with position and length.</param>
    /// <exception cref="FileDefectException">The file ends too early.</exception>
    public static void Fill(ModelSource source, long content, List<WeightPlace> places)
    {
        foreach ((Array? data, long position, long length) in places)
        {
            for (long start = 0; data is not null && start < length; start += WeightLayout.BlockBytes)
            {
                int count = (int)Math.Min(WeightLayout.BlockBytes, length - start);
                source.Fill(new WeightPiece(data, start, position + start, count).Bytes([]), content + position + start);
            }
        }
    }

    /// <summary>CRC-32 of a part of a model.</summary>
    /// <exception cref="FileDefectException">The file ends too early.</exception>
    public static uint Sum(ModelSource source, long position, long length)
    {
        byte[] block = ArrayPool<byte>.Shared.Rent(WeightLayout.BlockBytes);
        try
        {
            uint crc = 0;
            for (long done = 0; done < length; done += WeightLayout.BlockBytes)
            {
                Span<byte> bytes = block.AsSpan(0, (int)Math.Min(WeightLayout.BlockBytes, length - done));
                source.Fill(bytes, position + done);
                crc = Crc32.Append(crc, bytes);
            }

            return crc;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
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
