using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Attune.Kernels.Backends;

/// <summary>
/// A program as a device's compiler left it (PTX of CUDA): the driver turns it into machine code, on this and on later devices, without the compiler. It runs
/// on the device only. It stays compressed until a device asks for it. Immutable.
/// </summary>
/// <param name="Source">What it was compiled from: SHA-256 of the program's text and of options that change results, lower-case hexadecimal.</param>
/// <param name="Architecture">Oldest compute capability that it runs on, as compilers are given it: 61, 87.</param>
/// <param name="Packed">What the compiler made, compressed (Deflate).</param>
public sealed record DeviceCode(string Source, int Architecture, ReadOnlyMemory<byte> Packed)
{
    private const int MaxBytes = 1 << 24;

    /// <summary>Compresses what a compiler made.</summary>
    /// <param name="source">From <see cref="NameOf"/>.</param>
    /// <param name="architecture">Oldest compute capability that runs it.</param>
    /// <param name="code">What the compiler made.</param>
    internal static DeviceCode Of(string source, int architecture, ReadOnlySpan<byte> code)
    {
        using var packed = new MemoryStream();
        using (var stream = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            stream.Write(code);
        }

        return new DeviceCode(source, architecture, packed.ToArray());
    }

    /// <summary>How <see cref="Source"/> names a program.</summary>
    /// <param name="text">The program's text.</param>
    /// <param name="options">Options of the compiler that change results.</param>
    internal static string NameOf(string text, string options) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{options}\n{text}")));

    /// <summary>What the compiler made; null when it is damaged, or unfolds to more than 16 MiB, as no program does.</summary>
    internal byte[]? Unpack()
    {
        using var stream = new DeflateStream(new MemoryStream(Packed.ToArray()), CompressionMode.Decompress);
        using var code = new MemoryStream();
        byte[] piece = new byte[1 << 16];
        try
        {
            for (int read; (read = stream.Read(piece)) > 0;)
            {
                code.Write(piece, 0, read);
                if (code.Length > MaxBytes)
                {
                    return null;
                }
            }
        }
        catch (InvalidDataException)
        {
            return null;
        }

        // What is cut short ends without a word.
        return code.Length > 0 ? code.ToArray() : null;
    }
}
