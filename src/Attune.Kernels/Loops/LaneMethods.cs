using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Attune.Kernels.Loops;

/// <summary>
/// What loop programs do with the lanes of one vector and what the vector types offer in no single method. Reductions combine halves, then quarters, so
/// that every width and the interpreter add in the same order. Called by name from <see cref="VectorMethods"/>.
/// </summary>
internal static unsafe class LaneMethods
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sum(Vector128<float> v) => Vector128.Create(SumOf(v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Sum(Vector256<float> v) => Vector256.Create(SumOf(v.GetLower() + v.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Sum(Vector512<float> v)
    {
        Vector256<float> half = v.GetLower() + v.GetUpper();
        return Vector512.Create(SumOf(half.GetLower() + half.GetUpper()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Maximum(Vector128<float> v) => Vector128.Create(MaximumOf(v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Maximum(Vector256<float> v) => Vector256.Create(MaximumOf(Vector128.MaxNative(v.GetLower(), v.GetUpper())));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Maximum(Vector512<float> v)
    {
        Vector256<float> half = Vector256.MaxNative(v.GetLower(), v.GetUpper());
        return Vector512.Create(MaximumOf(Vector128.MaxNative(half.GetLower(), half.GetUpper())));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> KeepFirst(Vector128<float> v, int count, float rest) =>
        Vector128.ConditionalSelect(Vector128.LessThan(Vector128<int>.Indices, Vector128.Create(count)).AsSingle(), v, Vector128.Create(rest));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> KeepFirst(Vector256<float> v, int count, float rest) =>
        Vector256.ConditionalSelect(Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(count)).AsSingle(), v, Vector256.Create(rest));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> KeepFirst(Vector512<float> v, int count, float rest) =>
        Vector512.ConditionalSelect(Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle(), v, Vector512.Create(rest));

    public static void StoreFirst(Vector128<float> v, float* to, int count) => Copy((float*)&v, to, count);

    public static void StoreFirst(Vector256<float> v, float* to, int count) => Copy((float*)&v, to, count);

    public static void StoreFirst(Vector512<float> v, float* to, int count) => Copy((float*)&v, to, count);

    private static void Copy(float* from, float* to, int count) => new ReadOnlySpan<float>(from, count).CopyTo(new Span<float>(to, count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float SumOf(Vector128<float> v)
    {
        Vector128<float> pairs = v + Vector128.Shuffle(v, Vector128.Create(2, 3, 0, 1));
        return pairs.ToScalar() + pairs.GetElement(1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float MaximumOf(Vector128<float> v)
    {
        Vector128<float> pairs = Vector128.MaxNative(v, Vector128.Shuffle(v, Vector128.Create(2, 3, 0, 1)));
        return Vector128.MaxNative(pairs, Vector128.Shuffle(pairs, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }
}
