using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Attune.Measuring.Probes;

/// <summary>
/// Peak arithmetic throughput: independent chains of fused multiply-adds in registers (multiply, then add, where the processor has no fused form), enough to
/// hide a latency of four cycles at two operations a cycle, or at four for the 128-bit units of large ARM cores. Fewer chains for wide vectors, since
/// processors without AVX-512 have 16 registers. Best of several executions, since a peak is wanted.
/// </summary>
public static class PeakProbe
{
    private const int NarrowChains = 16;
    private const int WideChains = 12;
    private const int Repeats = 5;
    private static volatile float sink;

    /// <summary>Peak throughput in 10^9 floating-point operations a second; a multiply-add counts as two.</summary>
    /// <param name="lanes">32-bit lanes of the vectors: 4, 8 or 16. Widths that the processor lacks run emulated and slow.</param>
    /// <param name="threads">Threads that compute at once.</param>
    /// <param name="clock">Clock; null for the system's.</param>
    /// <exception cref="ArgumentOutOfRangeException">Lanes are not 4, 8 or 16, or there is no thread.</exception>
    public static double GigaFlops(int lanes, int threads, TimeProvider? clock = null)
    {
        Func<int, float> kernel = lanes switch
        {
            4 => Run128,
            8 => Run256,
            16 => Run512,
            _ => throw new ArgumentOutOfRangeException(nameof(lanes), lanes, "Vectors have 4, 8 or 16 lanes of 32 bits."),
        };
        clock ??= TimeProvider.System;
        int steps = StepsFor(kernel, clock);
        double seconds = ProbeTeam.Fastest(threads, Repeats, clock, _ => sink = kernel(steps));
        return 2.0 * lanes * (lanes == 4 ? NarrowChains : WideChains) * steps * threads / seconds / 1e9;
    }

    // Doubles the work until it takes 10 ms, long against thread start and clock resolution.
    private static int StepsFor(Func<int, float> kernel, TimeProvider clock)
    {
        for (int steps = 1 << 12; ; steps *= 2)
        {
            long start = clock.GetTimestamp();
            sink = kernel(steps);
            if (clock.GetElapsedTime(start).TotalMilliseconds >= 10 || steps >= 1 << 28)
            {
                return steps;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Run128(int steps)
    {
        Vector128<float> f = Vector128.Create(0.999f), t = Vector128.Create(0.001f);
        Vector128<float> a = t, b = t, c = t, d = t, e = t, g = t, h = t, i = t, j = t, k = t, l = t, m = t, n = t, o = t, p = t, q = t;
        for (; steps > 0; steps--)
        {
            a = Vector128.MultiplyAddEstimate(a, f, t);
            b = Vector128.MultiplyAddEstimate(b, f, t);
            c = Vector128.MultiplyAddEstimate(c, f, t);
            d = Vector128.MultiplyAddEstimate(d, f, t);
            e = Vector128.MultiplyAddEstimate(e, f, t);
            g = Vector128.MultiplyAddEstimate(g, f, t);
            h = Vector128.MultiplyAddEstimate(h, f, t);
            i = Vector128.MultiplyAddEstimate(i, f, t);
            j = Vector128.MultiplyAddEstimate(j, f, t);
            k = Vector128.MultiplyAddEstimate(k, f, t);
            l = Vector128.MultiplyAddEstimate(l, f, t);
            m = Vector128.MultiplyAddEstimate(m, f, t);
            n = Vector128.MultiplyAddEstimate(n, f, t);
            o = Vector128.MultiplyAddEstimate(o, f, t);
            p = Vector128.MultiplyAddEstimate(p, f, t);
            q = Vector128.MultiplyAddEstimate(q, f, t);
        }

        return Vector128.Sum(a + b + c + d + e + g + h + i + j + k + l + m + n + o + p + q);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Run256(int steps)
    {
        Vector256<float> f = Vector256.Create(0.999f), t = Vector256.Create(0.001f);
        Vector256<float> a = t, b = t, c = t, d = t, e = t, g = t, h = t, i = t, j = t, k = t, l = t, m = t;
        for (; steps > 0; steps--)
        {
            a = Vector256.MultiplyAddEstimate(a, f, t);
            b = Vector256.MultiplyAddEstimate(b, f, t);
            c = Vector256.MultiplyAddEstimate(c, f, t);
            d = Vector256.MultiplyAddEstimate(d, f, t);
            e = Vector256.MultiplyAddEstimate(e, f, t);
            g = Vector256.MultiplyAddEstimate(g, f, t);
            h = Vector256.MultiplyAddEstimate(h, f, t);
            i = Vector256.MultiplyAddEstimate(i, f, t);
            j = Vector256.MultiplyAddEstimate(j, f, t);
            k = Vector256.MultiplyAddEstimate(k, f, t);
            l = Vector256.MultiplyAddEstimate(l, f, t);
            m = Vector256.MultiplyAddEstimate(m, f, t);
        }

        return Vector256.Sum(a + b + c + d + e + g + h + i + j + k + l + m);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Run512(int steps)
    {
        Vector512<float> f = Vector512.Create(0.999f), t = Vector512.Create(0.001f);
        Vector512<float> a = t, b = t, c = t, d = t, e = t, g = t, h = t, i = t, j = t, k = t, l = t, m = t;
        for (; steps > 0; steps--)
        {
            a = Vector512.MultiplyAddEstimate(a, f, t);
            b = Vector512.MultiplyAddEstimate(b, f, t);
            c = Vector512.MultiplyAddEstimate(c, f, t);
            d = Vector512.MultiplyAddEstimate(d, f, t);
            e = Vector512.MultiplyAddEstimate(e, f, t);
            g = Vector512.MultiplyAddEstimate(g, f, t);
            h = Vector512.MultiplyAddEstimate(h, f, t);
            i = Vector512.MultiplyAddEstimate(i, f, t);
            j = Vector512.MultiplyAddEstimate(j, f, t);
            k = Vector512.MultiplyAddEstimate(k, f, t);
            l = Vector512.MultiplyAddEstimate(l, f, t);
            m = Vector512.MultiplyAddEstimate(m, f, t);
        }

        return Vector512.Sum(a + b + c + d + e + g + h + i + j + k + l + m);
    }
}
