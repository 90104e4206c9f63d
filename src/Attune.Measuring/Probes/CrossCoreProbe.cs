using System.Numerics;
using System.Runtime.CompilerServices;
using Attune.Devices;
using Attune.Devices.Memory;

namespace Attune.Measuring.Probes;

/// <summary>
/// What it costs to read data that another core has just written, over reading one's own: the price of two neighbouring kernels whose threads share the work
/// differently. Shortest of many turns, so that a disturbance adds nothing.
/// </summary>
public static unsafe class CrossCoreProbe
{
    private const int Turns = 60;

    /// <summary>Additional seconds per byte; 0 with one thread, or where no difference is seen.</summary>
    /// <param name="threads">Threads of the team.</param>
    /// <param name="bytes">Size of the data; should fit the second-level cache. At least 4 KiB.</param>
    /// <param name="clock">Clock; null for the system's.</param>
    public static double SecondsPerByte(int threads, int bytes = 256 << 10, TimeProvider? clock = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 4096);
        if (threads == 1)
        {
            return 0;
        }

        using var team = new ThreadTeam(2);
        using var data = new AlignedFloats(bytes / sizeof(float));
        var job = new Job(data, clock ?? TimeProvider.System);
        for (int turn = 0; turn < Turns; turn++)
        {
            team.Run(job);
        }

        return Math.Max(0, (job.Foreign - job.Own).TotalSeconds) / bytes;
    }

    /// <summary>In turns, member 0 and member 1 write, then member 0 reads; then all again with the data swapped by whoever wrote.</summary>
    private sealed class Job(AlignedFloats data, TimeProvider clock) : ITeamJob
    {
        private float sink;

        public TimeSpan Own { get; private set; } = TimeSpan.MaxValue;

        public TimeSpan Foreign { get; private set; } = TimeSpan.MaxValue;

        public void Run(int member, TeamBarrier barrier)
        {
            for (int writer = 0; writer < 2; writer++)
            {
                if (member == writer)
                {
                    data.Span(0, (int)data.Count).Fill(1);
                }

                barrier.Wait();
                if (member == 0)
                {
                    long start = clock.GetTimestamp();
                    sink += Sum(data.Address, data.Count);
                    TimeSpan time = clock.GetElapsedTime(start);
                    Own = writer == 0 && time < Own ? time : Own;
                    Foreign = writer == 1 && time < Foreign ? time : Foreign;
                }

                barrier.Wait();
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private static float Sum(float* at, long count)
        {
            float* end = at + (count / (2 * Vector<float>.Count) * (2 * Vector<float>.Count));
            Vector<float> a = default;
            Vector<float> b = default;
            for (; at < end; at += 2 * Vector<float>.Count)
            {
                a += Vector.Load(at);
                b += Vector.Load(at + Vector<float>.Count);
            }

            return Vector.Sum(a + b);
        }
    }
}
