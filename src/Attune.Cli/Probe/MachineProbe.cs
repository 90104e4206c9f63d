using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Attune.Cli.Bench;

namespace Attune.Cli.Probe;

/// <summary>Measures what this machine can do right now: peak arithmetic, memory bandwidth, and how much equal work differs in time. Takes about a second per number of threads.</summary>
internal sealed class MachineProbe(TimeProvider clock)
{
    private const int PeakRounds = 1_000_000;
    private const int PeakRepeats = 8;
    private const int NoiseRounds = 100_000;
    private const int NoiseRepeats = 200;
    private const int BandwidthRepeats = 4;
    private const int BytesPerThread = 128 << 20;

    /// <summary>Measures with a number of threads.</summary>
    /// <param name="threads">Threads, at least 1.</param>
    /// <param name="cancellation">Interrupts between the parts.</param>
    public MachineSpeed Run(int threads, CancellationToken cancellation)
    {
        double peak = PeakFlops(threads);
        cancellation.ThrowIfCancellationRequested();
        double bandwidth = Bandwidth(threads);
        cancellation.ThrowIfCancellationRequested();
        return new MachineSpeed(threads, peak, bandwidth, Noise());
    }

    private double PeakFlops(int threads)
    {
        double best = 0;
        for (int repeat = 0; repeat < PeakRepeats; repeat++)
        {
            double seconds = Together(threads, _ => PeakKernel.Run(PeakRounds));
            best = Math.Max(best, threads * PeakKernel.Flops(PeakRounds) / seconds);
        }

        return best;
    }

    private double Bandwidth(int threads)
    {
        // Far beyond any cache; written once so that every page is there.
        float[][] data = [.. Enumerable.Range(0, threads).Select(_ => new float[BytesPerThread / sizeof(float)])];
        foreach (float[] part in data)
        {
            Array.Fill(part, 1);
        }

        double best = 0;
        for (int repeat = 0; repeat < BandwidthRepeats; repeat++)
        {
            double seconds = Together(threads, thread => Sum(data[thread]));
            best = Math.Max(best, (double)threads * BytesPerThread / seconds);
        }

        return best;
    }

    private double Noise()
    {
        double[] times = new double[NoiseRepeats];
        for (int i = 0; i < times.Length; i++)
        {
            long start = clock.GetTimestamp();
            PeakKernel.Run(NoiseRounds);
            times[i] = clock.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        return (Distribution.Quantile(times, 0.9) - Distribution.Quantile(times, 0.1)) / Distribution.Quantile(times, 0.5) / 2;
    }

    /// <summary>Runs work on some threads at once; seconds from the common start to the last end.</summary>
    private double Together(int threads, Func<int, float> work)
    {
        if (threads == 1)
        {
            long alone = clock.GetTimestamp();
            work(0);
            return clock.GetElapsedTime(alone).TotalSeconds;
        }

        using var barrier = new Barrier(threads + 1);
        Thread[] crew = [.. Enumerable.Range(0, threads).Select(index => new Thread(() =>
        {
            barrier.SignalAndWait();
            work(index);
            barrier.SignalAndWait();
        })
        { IsBackground = true, Name = $"probe {index}" })];
        foreach (Thread member in crew)
        {
            member.Start();
        }

        barrier.SignalAndWait();
        long start = clock.GetTimestamp();
        barrier.SignalAndWait();
        double seconds = clock.GetElapsedTime(start).TotalSeconds;
        foreach (Thread member in crew)
        {
            member.Join();
        }

        return seconds;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Sum(float[] data)
    {
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(data);
        Vector<float> a = default, b = default, c = default, d = default;
        for (int i = 0; i + 3 < vectors.Length; i += 4)
        {
            a += vectors[i];
            b += vectors[i + 1];
            c += vectors[i + 2];
            d += vectors[i + 3];
        }

        return Vector.Sum(a + b + c + d);
    }
}
