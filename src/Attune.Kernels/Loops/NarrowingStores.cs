using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Attune.Kernels.Loops;

/// <summary>Stores of integers as bytes; what a byte cannot hold becomes the nearest that it can. Called by name from <see cref="VectorMethods"/>.</summary>
internal static unsafe class NarrowingStores
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unsigned(Vector128<int> v, byte* to) => Unsafe.WriteUnaligned(to, Bytes(v, byte.MinValue, byte.MaxValue).AsUInt32().ToScalar());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Signed(Vector128<int> v, sbyte* to) => Unsafe.WriteUnaligned(to, Bytes(v, sbyte.MinValue, sbyte.MaxValue).AsUInt32().ToScalar());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unsigned(Vector256<int> v, byte* to) => Unsafe.WriteUnaligned(to, Bytes(v, byte.MinValue, byte.MaxValue).AsUInt64().ToScalar());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Signed(Vector256<int> v, sbyte* to) => Unsafe.WriteUnaligned(to, Bytes(v, sbyte.MinValue, sbyte.MaxValue).AsUInt64().ToScalar());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unsigned(Vector512<int> v, byte* to) => Bytes(v, byte.MinValue, byte.MaxValue).Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Signed(Vector512<int> v, sbyte* to) => Bytes(v, sbyte.MinValue, sbyte.MaxValue).AsSByte().Store(to);

    public static void UnsignedFirst(Vector128<int> v, byte* to, int count) => Copy(Bytes(v, byte.MinValue, byte.MaxValue), to, count);

    public static void SignedFirst(Vector128<int> v, sbyte* to, int count) => Copy(Bytes(v, sbyte.MinValue, sbyte.MaxValue), (byte*)to, count);

    public static void UnsignedFirst(Vector256<int> v, byte* to, int count) => Copy(Bytes(v, byte.MinValue, byte.MaxValue), to, count);

    public static void SignedFirst(Vector256<int> v, sbyte* to, int count) => Copy(Bytes(v, sbyte.MinValue, sbyte.MaxValue), (byte*)to, count);

    public static void UnsignedFirst(Vector512<int> v, byte* to, int count) => Copy(Bytes(v, byte.MinValue, byte.MaxValue), to, count);

    public static void SignedFirst(Vector512<int> v, sbyte* to, int count) => Copy(Bytes(v, sbyte.MinValue, sbyte.MaxValue), (byte*)to, count);

    // Clamped first, so that keeping the low bits is all that is left to do.
    private static Vector128<byte> Bytes(Vector128<int> v, int least, int most)
    {
        Vector128<short> halves = Vector128.Narrow(Vector128.Clamp(v, Vector128.Create(least), Vector128.Create(most)), Vector128<int>.Zero);
        return Vector128.Narrow(halves, Vector128<short>.Zero).AsByte();
    }

    private static Vector128<byte> Bytes(Vector256<int> v, int least, int most)
    {
        Vector256<int> clamped = Vector256.Clamp(v, Vector256.Create(least), Vector256.Create(most));
        return Vector128.Narrow(Vector128.Narrow(clamped.GetLower(), clamped.GetUpper()), Vector128<short>.Zero).AsByte();
    }

    private static Vector128<byte> Bytes(Vector512<int> v, int least, int most)
    {
        Vector512<int> clamped = Vector512.Clamp(v, Vector512.Create(least), Vector512.Create(most));
        Vector256<short> halves = Vector256.Narrow(clamped.GetLower(), clamped.GetUpper());
        return Vector128.Narrow(halves.GetLower(), halves.GetUpper()).AsByte();
    }

    private static void Copy(Vector128<byte> bytes, byte* to, int count) => new ReadOnlySpan<byte>(&bytes, count).CopyTo(new Span<byte>(to, count));
}
