using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Attune.Measuring.Probes;

/// <summary>
/// Read bandwidth: sums an array several times larger than the last-level cache (or as small as asked, for a cache's own bandwidth). Best of several passes.
/// </summary>
public static unsafe class BandwidthProbe
{
    private const int Repeats = 5;
    private const int VectorsPerStep = 8;
    private static volatile float sink;

    /// <summary>Bytes read a second, in 10^9, by all threads together.</summary>
    /// <param name="bytesPerThread">Size of each thread's own array, bytes; for memory at least four times the last-level cache.</param>
    /// <param name="threads">Threads that read at once.</param>
    /// <param name="clock">Clock; null for the system's.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 4 KiB or there is no thread.</exception>
    public static double GigaBytesPerSecond(long bytesPerThread, int threads, TimeProvider? clock = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytesPerThread, 4096);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        clock ??= TimeProvider.System;
        nuint step = (nuint)(VectorsPerStep * Vector<byte>.Count);
        nuint bytes = (nuint)bytesPerThread / step * step;
        int passes = (int)Math.Max(1, (32L << 20) / (long)bytes);
        var buffers = new nint[threads];
        try
        {
            for (int i = 0; i < threads; i++)
            {
                buffers[i] = (nint)NativeMemory.AlignedAlloc(bytes, 64);
            }

            // Each thread touches its own buffer first, so that its pages come from its own node.
            ProbeTeam.Fastest(threads, 1, clock, number => NativeMemory.Clear((void*)buffers[number], bytes));
            double seconds = ProbeTeam.Fastest(threads, Repeats, clock, number =>
            {
                for (int pass = 0; pass < passes; pass++)
                {
                    sink = Sum((float*)buffers[number], bytes);
                }
            });
            return (double)bytes * passes * threads / seconds / 1e9;
        }
        finally
        {
            Array.ForEach(buffers, buffer => NativeMemory.AlignedFree((void*)buffer));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Sum(float* data, nuint bytes)
    {
        float* end = (float*)((byte*)data + bytes);
        int width = Vector<float>.Count;
        Vector<float> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        for (; data < end; data += VectorsPerStep * width)
        {
            a += Vector.Load(data);
            b += Vector.Load(data + width);
            c += Vector.Load(data + (2 * width));
            d += Vector.Load(data + (3 * width));
            e += Vector.Load(data + (4 * width));
            f += Vector.Load(data + (5 * width));
            g += Vector.Load(data + (6 * width));
            h += Vector.Load(data + (7 * width));
        }

        return Vector.Sum(a + b + c + d + e + f + g + h);
    }
}
