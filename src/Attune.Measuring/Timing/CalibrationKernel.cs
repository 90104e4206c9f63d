using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Attune.Measuring.Timing;

/// <summary>
/// A fixed piece of work, timed now and then beside candidates: when its time moves, the machine changed (clock, neighbours, heat), not the candidates.
/// Half arithmetic in registers, half reads from the second-level cache. 128-bit vectors, which every supported processor has, so that the work is the same
/// everywhere.
/// </summary>
internal static class CalibrationKernel
{
    private const int Rounds = 3;
    private const int Steps = 150_000;
    private const int Passes = 12;
    private static readonly float[] Data = Fill();
    private static float sink;

    /// <summary>The fastest of three executions, milliseconds.</summary>
    public static double TimeMs(TimeProvider clock)
    {
        double best = double.PositiveInfinity;
        for (int i = 0; i < Rounds; i++)
        {
            long start = clock.GetTimestamp();
            Run(1);
            best = Math.Min(best, clock.GetElapsedTime(start).TotalMilliseconds);
        }

        return best;
    }

    /// <summary>Does the work several times.</summary>
    public static void Run(int times)
    {
        for (int i = 0; i < times; i++)
        {
            sink += Arithmetic(Steps);
            for (int pass = 0; pass < Passes; pass++)
            {
                sink += Sum(Data);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Arithmetic(int steps)
    {
        // Values stay near one: a denormal or an overflow would cost extra cycles and hide the clock.
        Vector128<float> factor = Vector128.Create(0.999f);
        Vector128<float> term = Vector128.Create(0.001f);
        Vector128<float> a = Vector128<float>.One, b = a, c = a, d = a, e = a, f = a, g = a, h = a;
        for (int i = 0; i < steps; i++)
        {
            a = (a * factor) + term;
            b = (b * factor) + term;
            c = (c * factor) + term;
            d = (d * factor) + term;
            e = (e * factor) + term;
            f = (f * factor) + term;
            g = (g * factor) + term;
            h = (h * factor) + term;
        }

        return Vector128.Sum(a + b + c + d + e + f + g + h);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Sum(float[] data)
    {
        ref float first = ref data[0];
        Vector128<float> a = default, b = default, c = default, d = default;
        for (nuint i = 0; i < (nuint)data.Length; i += 16)
        {
            a += Vector128.LoadUnsafe(ref first, i);
            b += Vector128.LoadUnsafe(ref first, i + 4);
            c += Vector128.LoadUnsafe(ref first, i + 8);
            d += Vector128.LoadUnsafe(ref first, i + 12);
        }

        return Vector128.Sum(a + b + c + d);
    }

    private static float[] Fill()
    {
        var data = new float[64 * 1024];
        Array.Fill(data, 0.5f);
        return data;
    }
}
