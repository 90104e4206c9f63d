using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Attune.Cli.Probe;

/// <summary>
/// Multiply-adds in registers and nothing else: what the core can do at best. Twelve independent chains cover the latency of two units of four cycles with
/// room to spare and fit the sixteen registers of AVX2.
/// </summary>
internal static class PeakKernel
{
    /// <summary>Floats per vector of the widest unit.</summary>
    public static int Lanes => Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : 4;

    /// <summary>Operations of a run.</summary>
    public static double Flops(int rounds) => 2.0 * 12 * Lanes * rounds;

    /// <summary>Runs some rounds; the result only keeps the work from being dropped.</summary>
    public static float Run(int rounds) => Lanes switch
    {
        16 => Run512(rounds),
        8 => Run256(rounds),
        _ => Run128(rounds),
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Run512(int rounds)
    {
        var m = Vector512.Create(0.999f);
        var n = Vector512.Create(0.001f);
        Vector512<float> a = m, b = m, c = m, d = m, e = m, f = m, g = m, h = m, i = m, j = m, k = m, l = m;
        for (int round = 0; round < rounds; round++)
        {
            a = Vector512.FusedMultiplyAdd(a, m, n);
            b = Vector512.FusedMultiplyAdd(b, m, n);
            c = Vector512.FusedMultiplyAdd(c, m, n);
            d = Vector512.FusedMultiplyAdd(d, m, n);
            e = Vector512.FusedMultiplyAdd(e, m, n);
            f = Vector512.FusedMultiplyAdd(f, m, n);
            g = Vector512.FusedMultiplyAdd(g, m, n);
            h = Vector512.FusedMultiplyAdd(h, m, n);
            i = Vector512.FusedMultiplyAdd(i, m, n);
            j = Vector512.FusedMultiplyAdd(j, m, n);
            k = Vector512.FusedMultiplyAdd(k, m, n);
            l = Vector512.FusedMultiplyAdd(l, m, n);
        }

        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Run256(int rounds)
    {
        var m = Vector256.Create(0.999f);
        var n = Vector256.Create(0.001f);
        Vector256<float> a = m, b = m, c = m, d = m, e = m, f = m, g = m, h = m, i = m, j = m, k = m, l = m;
        for (int round = 0; round < rounds; round++)
        {
            a = Vector256.FusedMultiplyAdd(a, m, n);
            b = Vector256.FusedMultiplyAdd(b, m, n);
            c = Vector256.FusedMultiplyAdd(c, m, n);
            d = Vector256.FusedMultiplyAdd(d, m, n);
            e = Vector256.FusedMultiplyAdd(e, m, n);
            f = Vector256.FusedMultiplyAdd(f, m, n);
            g = Vector256.FusedMultiplyAdd(g, m, n);
            h = Vector256.FusedMultiplyAdd(h, m, n);
            i = Vector256.FusedMultiplyAdd(i, m, n);
            j = Vector256.FusedMultiplyAdd(j, m, n);
            k = Vector256.FusedMultiplyAdd(k, m, n);
            l = Vector256.FusedMultiplyAdd(l, m, n);
        }

        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Run128(int rounds)
    {
        var m = Vector128.Create(0.999f);
        var n = Vector128.Create(0.001f);
        Vector128<float> a = m, b = m, c = m, d = m, e = m, f = m, g = m, h = m, i = m, j = m, k = m, l = m;
        for (int round = 0; round < rounds; round++)
        {
            a = Vector128.FusedMultiplyAdd(a, m, n);
            b = Vector128.FusedMultiplyAdd(b, m, n);
            c = Vector128.FusedMultiplyAdd(c, m, n);
            d = Vector128.FusedMultiplyAdd(d, m, n);
            e = Vector128.FusedMultiplyAdd(e, m, n);
            f = Vector128.FusedMultiplyAdd(f, m, n);
            g = Vector128.FusedMultiplyAdd(g, m, n);
            h = Vector128.FusedMultiplyAdd(h, m, n);
            i = Vector128.FusedMultiplyAdd(i, m, n);
            j = Vector128.FusedMultiplyAdd(j, m, n);
            k = Vector128.FusedMultiplyAdd(k, m, n);
            l = Vector128.FusedMultiplyAdd(l, m, n);
        }

        return Vector128.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
