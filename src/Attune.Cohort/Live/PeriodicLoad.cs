namespace Attune.Cohort.Live;

/// <summary>
/// Releases jobs of every member periodically, as a camera or a radar would. A release counts from when it was due, not from when this thread woke up. Runs on
/// the caller's thread.
/// </summary>
public sealed class PeriodicLoad
{
    private static readonly TimeSpan LongestNap = TimeSpan.FromMilliseconds(20);
    private readonly RunningCohort cohort;
    private readonly Func<int, double> periodUs;

    /// <summary>Prepares the load.</summary>
    /// <param name="cohort">The cohort.</param>
    /// <param name="periodUs">Period of a member, microseconds; asked before each release.</param>
    public PeriodicLoad(RunningCohort cohort, Func<int, double> periodUs)
    {
        this.cohort = cohort;
        this.periodUs = periodUs;
    }

    /// <summary>Called between releases, at least every 20 ms; for progress and for watching files.</summary>
    public Action<double>? Tick { get; init; }

    /// <summary>Releases jobs until the time is over.</summary>
    /// <param name="duration">How long.</param>
    /// <param name="cancellation">Ends it early; not an error.</param>
    public void Run(TimeSpan duration, CancellationToken cancellation)
    {
        double begin = cohort.NowUs;
        double end = begin + duration.TotalMicroseconds;
        double[] due = [.. Enumerable.Repeat(begin, cohort.Setup.Members.Length)];
        while (!cancellation.IsCancellationRequested)
        {
            double now = cohort.NowUs;
            if (now >= end)
            {
                return;
            }

            for (int member = 0; member < due.Length; member++)
            {
                while (due[member] <= now)
                {
                    _ = cohort.RequestAsync(member, releaseUs: due[member]);
                    due[member] += periodUs(member);
                }
            }

            Tick?.Invoke(now - begin);
            var nap = TimeSpan.FromMicroseconds(Math.Max(0, Math.Min(due.Min(), end) - cohort.NowUs));
            cancellation.WaitHandle.WaitOne(nap < LongestNap ? nap : LongestNap);
        }
    }
}
