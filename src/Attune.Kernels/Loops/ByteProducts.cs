using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Attune.Kernels.Loops;

/// <summary>
/// <see cref="DotProduct"/> for the JIT: exact on every machine. Pairs are products of 16 bits, which cannot overflow: the instruction that multiplies bytes
/// and adds pairs saturates, so even and odd bytes are widened first. Called by name from <see cref="VectorMethods"/>.
/// </summary>
internal static class ByteProducts
{
    private const int EvenBytes = 0x00FF00FF;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Four(Vector128<int> left, Vector128<int> right, Vector128<int> addend) =>
        AvxVnni.MultiplyWideningAndAdd(addend, left.AsByte(), right.AsSByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Four(Vector256<int> left, Vector256<int> right, Vector256<int> addend) =>
        AvxVnni.MultiplyWideningAndAdd(addend, left.AsByte(), right.AsSByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Pairs(Vector128<int> left, Vector128<int> right, Vector128<int> addend)
    {
        Vector128<int> even = Sse2.MultiplyAddAdjacent((left & Vector128.Create(EvenBytes)).AsInt16(), (right.AsInt16() << 8) >> 8);
        Vector128<int> odd = Sse2.MultiplyAddAdjacent(left.AsInt16() >>> 8, right.AsInt16() >> 8);
        return addend + (even + odd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Pairs(Vector256<int> left, Vector256<int> right, Vector256<int> addend)
    {
        Vector256<int> even = Avx2.MultiplyAddAdjacent((left & Vector256.Create(EvenBytes)).AsInt16(), (right.AsInt16() << 8) >> 8);
        Vector256<int> odd = Avx2.MultiplyAddAdjacent(left.AsInt16() >>> 8, right.AsInt16() >> 8);
        return addend + (even + odd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Pairs(Vector512<int> left, Vector512<int> right, Vector512<int> addend)
    {
        Vector512<int> even = Avx512BW.MultiplyAddAdjacent((left & Vector512.Create(EvenBytes)).AsInt16(), (right.AsInt16() << 8) >> 8);
        Vector512<int> odd = Avx512BW.MultiplyAddAdjacent(left.AsInt16() >>> 8, right.AsInt16() >> 8);
        return addend + (even + odd);
    }

    public static Vector128<int> Portable(Vector128<int> left, Vector128<int> right, Vector128<int> addend)
    {
        Vector128<int> sum = addend;
        for (int bit = 0; bit < 32; bit += 8)
        {
            sum += ((left >>> bit) & Vector128.Create((int)byte.MaxValue)) * ((right << (24 - bit)) >> 24);
        }

        return sum;
    }

    public static Vector256<int> Portable(Vector256<int> left, Vector256<int> right, Vector256<int> addend) => Vector256.Create(
        Portable(left.GetLower(), right.GetLower(), addend.GetLower()), Portable(left.GetUpper(), right.GetUpper(), addend.GetUpper()));

    public static Vector512<int> Portable(Vector512<int> left, Vector512<int> right, Vector512<int> addend) => Vector512.Create(
        Portable(left.GetLower(), right.GetLower(), addend.GetLower()), Portable(left.GetUpper(), right.GetUpper(), addend.GetUpper()));
}
