using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Attune.Runtime.Files.Weights;

/// <summary>A run of bytes of the weights: part of one array, or padding between two.</summary>
/// <param name="Data">The array, or null for padding, which is zero.</param>
/// <param name="Start">First byte within the array.</param>
/// <param name="Position">First byte within the weights.</param>
/// <param name="Length">Number of bytes.</param>
internal readonly record struct WeightPiece(Array? Data, long Start, long Position, int Length)
{
    /// <summary>The bytes in memory. Arrays may exceed 2 GiB; a piece never does.</summary>
    public Span<byte> Bytes(Span<byte> padding) =>
        Data is null
            ? padding[..Length]
            : MemoryMarshal.CreateSpan(ref Unsafe.AddByteOffset(ref MemoryMarshal.GetArrayDataReference(Data), (nint)Start), Length);
}
