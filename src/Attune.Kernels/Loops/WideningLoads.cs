using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Attune.Kernels.Loops;

/// <summary>
/// Loads of narrow elements as floats. Halves: sign-extend to 32 bits, move exponent and mantissa to where a float has them, keep one sign bit. That is the
/// half times 2^-112, denormals included (<see cref="Buffer.HalfCorrection"/>); there is no conversion instruction among .NET's intrinsics. Bytes: sign-extend
/// and convert. With the instructions for it, or in portable operations.
/// </summary>
internal static unsafe class WideningLoads
{
    private const int Shift = 13;
    private const int Mask = unchecked((int)0x8FFFE000);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Halves128(short* address) => Halves(Sse41.ConvertToVector128Int32(address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Bytes128(sbyte* address) => Vector128.ConvertToSingle(Sse41.ConvertToVector128Int32(address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Halves128Portable(short* address) => Halves(Vector128.WidenLower(Vector64.Load(address).ToVector128Unsafe()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Bytes128Portable(sbyte* address) =>
        Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<int>(address)).AsSByte())));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Halves256(short* address) => Halves(Avx2.ConvertToVector256Int32(address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Bytes256(sbyte* address) => Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Halves256Portable(short* address) => Halves(Vector256.WidenLower(Vector128.Load(address).ToVector256Unsafe()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Bytes256Portable(sbyte* address) =>
        Vector256.ConvertToSingle(Vector256.WidenLower(Vector128.WidenLower(Vector64.Load(address).ToVector128Unsafe()).ToVector256Unsafe()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Halves512(short* address) => Halves(Avx512F.ConvertToVector512Int32(Vector256.Load(address)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Bytes512(sbyte* address) => Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(Vector128.Load(address)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Halves512Portable(short* address) => Halves(Vector512.WidenLower(Vector256.Load(address).ToVector512Unsafe()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Bytes512Portable(sbyte* address) =>
        Vector512.ConvertToSingle(Vector512.WidenLower(Vector256.WidenLower(Vector128.Load(address).ToVector256Unsafe()).ToVector512Unsafe()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Unsigned128(byte* address) => Vector128.ConvertToSingle(Sse41.ConvertToVector128Int32(address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Unsigned128Portable(byte* address) => Vector128.ConvertToSingle(
        Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<int>(address)).AsByte())).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Unsigned256(byte* address) => Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Unsigned256Portable(byte* address) => Vector256.ConvertToSingle(
        Vector256.WidenLower(Vector128.WidenLower(Vector64.Load(address).ToVector128Unsafe()).ToVector256Unsafe()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Unsigned512(byte* address) => Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(Vector128.Load(address)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Unsigned512Portable(byte* address) => Vector512.ConvertToSingle(
        Vector512.WidenLower(Vector256.WidenLower(Vector128.Load(address).ToVector256Unsafe()).ToVector512Unsafe()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Halves(Vector128<int> wide) => ((wide << Shift) & Vector128.Create(Mask)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Halves(Vector256<int> wide) => ((wide << Shift) & Vector256.Create(Mask)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Halves(Vector512<int> wide) => ((wide << Shift) & Vector512.Create(Mask)).AsSingle();
}
