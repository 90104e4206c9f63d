namespace Attune.Measuring.Probes;

/// <summary>Runs the same work on several threads that start together. For probes only: kernels run on the runtime's own team.</summary>
internal static class ProbeTeam
{
    /// <summary>Shortest time over several executions, seconds, from the common start to the end of the last thread.</summary>
    /// <param name="threads">Threads, at least 1.</param>
    /// <param name="repeats">Executions.</param>
    /// <param name="clock">Clock.</param>
    /// <param name="work">The work; receives the thread's number.</param>
    public static double Fastest(int threads, int repeats, TimeProvider clock, Action<int> work)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        double fastest = double.PositiveInfinity;
        using var start = new Barrier(threads);
        for (int repeat = 0; repeat < repeats; repeat++)
        {
            var begun = new long[threads];
            var ended = new long[threads];
            Thread[] team =
            [
                .. Enumerable.Range(0, threads).Select(number => new Thread(() =>
                {
                    start.SignalAndWait();
                    begun[number] = clock.GetTimestamp();
                    work(number);
                    ended[number] = clock.GetTimestamp();
                })
                { IsBackground = true, Name = $"probe {number}" }),
            ];
            Array.ForEach(team, thread => thread.Start());
            Array.ForEach(team, thread => thread.Join());
            fastest = Math.Min(fastest, clock.GetElapsedTime(begun.Min(), ended.Max()).TotalSeconds);
        }

        return fastest;
    }
}
