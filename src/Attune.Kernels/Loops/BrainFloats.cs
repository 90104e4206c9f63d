using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Attune.Kernels.Loops;

/// <summary>
/// Loads of brain floats as floats, exactly, and stores of floats as brain floats, rounded to nearest even. Called by name from <see cref="VectorMethods"/>.
/// </summary>
internal static unsafe class BrainFloats
{
    private const int Half = 16;

    // What is below the half that stays, less one: with the lowest bit that stays it carries from the middle on, at the middle only into an odd number.
    private const uint AlmostHalf = 0x7FFF;

    // The bit of the upper half without which some of what is no number would become infinite.
    private const uint Quiet = 0x40;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Load128(ushort* address) => (Vector128.WidenLower(Vector64.Load(address).ToVector128Unsafe()) << Half).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load256(ushort* address) => (Vector256.WidenLower(Vector128.Load(address).ToVector256Unsafe()) << Half).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load512(ushort* address) => (Vector512.WidenLower(Vector256.Load(address).ToVector512Unsafe()) << Half).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<float> v, ushort* to) => Rounded(v).GetLower().Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> v, ushort* to) => Rounded(v).Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> v, ushort* to) => Rounded(v).Store(to);

    public static void StoreFirst(Vector128<float> v, ushort* to, int count)
    {
        Vector128<ushort> rounded = Rounded(v);
        new ReadOnlySpan<ushort>(&rounded, count).CopyTo(new Span<ushort>(to, count));
    }

    public static void StoreFirst(Vector256<float> v, ushort* to, int count)
    {
        Vector128<ushort> rounded = Rounded(v);
        new ReadOnlySpan<ushort>(&rounded, count).CopyTo(new Span<ushort>(to, count));
    }

    public static void StoreFirst(Vector512<float> v, ushort* to, int count)
    {
        Vector256<ushort> rounded = Rounded(v);
        new ReadOnlySpan<ushort>(&rounded, count).CopyTo(new Span<ushort>(to, count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ushort> Rounded(Vector128<float> v) => Vector128.Narrow(Bits(v), Vector128<uint>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ushort> Rounded(Vector256<float> v)
    {
        Vector256<uint> bits = Bits(v);
        return Vector128.Narrow(bits.GetLower(), bits.GetUpper());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ushort> Rounded(Vector512<float> v)
    {
        Vector512<uint> bits = Bits(v);
        return Vector256.Narrow(bits.GetLower(), bits.GetUpper());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Bits(Vector128<float> v)
    {
        Vector128<uint> bits = v.AsUInt32();
        Vector128<uint> rounded = (bits + Vector128.Create(AlmostHalf) + ((bits >>> Half) & Vector128<uint>.One)) >>> Half;
        return Vector128.ConditionalSelect(Vector128.IsNaN(v).AsUInt32(), (bits >>> Half) | Vector128.Create(Quiet), rounded);
    }

    /// <summary>The bits of brain floats in the lower halves of all lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Bits(Vector256<float> v)
    {
        Vector256<uint> bits = v.AsUInt32();
        Vector256<uint> rounded = (bits + Vector256.Create(AlmostHalf) + ((bits >>> Half) & Vector256<uint>.One)) >>> Half;
        return Vector256.ConditionalSelect(Vector256.IsNaN(v).AsUInt32(), (bits >>> Half) | Vector256.Create(Quiet), rounded);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Bits(Vector512<float> v)
    {
        Vector512<uint> bits = v.AsUInt32();
        Vector512<uint> rounded = (bits + Vector512.Create(AlmostHalf) + ((bits >>> Half) & Vector512<uint>.One)) >>> Half;
        return Vector512.ConditionalSelect(Vector512.IsNaN(v).AsUInt32(), (bits >>> Half) | Vector512.Create(Quiet), rounded);
    }
}
