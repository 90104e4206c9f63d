using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Attune.Kernels.Loops;

/// <summary>
/// Loads of narrow elements as floats. Halves: sign-extend to 32 bits, move exponent and mantissa to where a float has them, keep one sign bit. That is the half
/// times 2^-112, denormals included (<see cref="Buffer.HalfCorrection"/>); there is no conversion instruction among .NET's intrinsics. Bytes: sign-extend and convert.
/// </summary>
internal static unsafe class WideningLoads
{
    private const int Shift = 13;
    private const int Mask = unchecked((int)0x8FFFE000);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Halves128(short* address)
    {
        Vector128<int> wide = Sse41.IsSupported ? Sse41.ConvertToVector128Int32(address) : Vector128.WidenLower(Vector64.Load(address).ToVector128Unsafe());
        return ((wide << Shift) & Vector128.Create(Mask)).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Halves256(short* address)
    {
        Vector256<int> wide = Avx2.IsSupported ? Avx2.ConvertToVector256Int32(address) : Vector256.WidenLower(Vector128.Load(address).ToVector256Unsafe());
        return ((wide << Shift) & Vector256.Create(Mask)).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Halves512(short* address)
    {
        Vector512<int> wide = Avx512F.IsSupported ? Avx512F.ConvertToVector512Int32(Vector256.Load(address)) : Vector512.WidenLower(Vector256.Load(address).ToVector512Unsafe());
        return ((wide << Shift) & Vector512.Create(Mask)).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Bytes128(sbyte* address)
    {
        Vector128<int> wide = Sse41.IsSupported
            ? Sse41.ConvertToVector128Int32(address)
            : Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<int>(address)).AsSByte()));
        return Vector128.ConvertToSingle(wide);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Bytes256(sbyte* address)
    {
        Vector256<int> wide = Avx2.IsSupported
            ? Avx2.ConvertToVector256Int32(address)
            : Vector256.WidenLower(Vector128.WidenLower(Vector64.Load(address).ToVector128Unsafe()).ToVector256Unsafe());
        return Vector256.ConvertToSingle(wide);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Bytes512(sbyte* address)
    {
        Vector512<int> wide = Avx512F.IsSupported
            ? Avx512F.ConvertToVector512Int32(Vector128.Load(address))
            : Vector512.WidenLower(Vector256.WidenLower(Vector128.Load(address).ToVector256Unsafe()).ToVector512Unsafe());
        return Vector512.ConvertToSingle(wide);
    }
}
