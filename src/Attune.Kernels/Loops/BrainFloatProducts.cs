using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Attune.Kernels.Loops;

/// <summary>
/// <see cref="PairProduct"/> for the JIT, which knows no instruction for it: halves are widened and multiplied as floats, whose products of two brain floats are
/// exact. Called by name from <see cref="VectorMethods"/>.
/// </summary>
internal static class BrainFloatProducts
{
    private const int UpperHalf = unchecked((int)0xFFFF0000);
    private const int Half = 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Fused(Vector128<int> left, Vector128<int> right, Vector128<float> addend) =>
        Vector128.FusedMultiplyAdd(Lower(left), Lower(right), Vector128.FusedMultiplyAdd(Upper(left), Upper(right), addend));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Fused(Vector256<int> left, Vector256<int> right, Vector256<float> addend) =>
        Vector256.FusedMultiplyAdd(Lower(left), Lower(right), Vector256.FusedMultiplyAdd(Upper(left), Upper(right), addend));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Fused(Vector512<int> left, Vector512<int> right, Vector512<float> addend) =>
        Vector512.FusedMultiplyAdd(Lower(left), Lower(right), Vector512.FusedMultiplyAdd(Upper(left), Upper(right), addend));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Estimated(Vector128<int> left, Vector128<int> right, Vector128<float> addend) =>
        Vector128.MultiplyAddEstimate(Lower(left), Lower(right), Vector128.MultiplyAddEstimate(Upper(left), Upper(right), addend));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Estimated(Vector256<int> left, Vector256<int> right, Vector256<float> addend) =>
        Vector256.MultiplyAddEstimate(Lower(left), Lower(right), Vector256.MultiplyAddEstimate(Upper(left), Upper(right), addend));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Estimated(Vector512<int> left, Vector512<int> right, Vector512<float> addend) =>
        Vector512.MultiplyAddEstimate(Lower(left), Lower(right), Vector512.MultiplyAddEstimate(Upper(left), Upper(right), addend));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Upper(Vector128<int> pairs) => (pairs & Vector128.Create(UpperHalf)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Lower(Vector128<int> pairs) => (pairs << Half).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Upper(Vector256<int> pairs) => (pairs & Vector256.Create(UpperHalf)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Lower(Vector256<int> pairs) => (pairs << Half).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Upper(Vector512<int> pairs) => (pairs & Vector512.Create(UpperHalf)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Lower(Vector512<int> pairs) => (pairs << Half).AsSingle();
}
