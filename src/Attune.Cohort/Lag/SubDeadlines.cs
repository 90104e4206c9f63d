namespace Attune.Cohort.Lag;

/// <summary>
/// The ideal schedule of a job: its deadline, shared out to the stages in proportion to their times at the reference setting (design paper, equations (1) and
/// (2)).
/// </summary>
internal sealed class SubDeadlines
{
    private readonly double[] durations;
    private readonly double[] ends;

    /// <summary>Shares a deadline out.</summary>
    /// <param name="referenceUs">Time of each stage at the reference setting, exact, microseconds; their sum is above 0.</param>
    /// <param name="deadlineUs">Time to share out, microseconds.</param>
    public SubDeadlines(IReadOnlyList<double> referenceUs, double deadlineUs)
    {
        double sum = referenceUs.Sum();
        durations = [.. referenceUs.Select(time => deadlineUs * time / sum)];
        ends = new double[durations.Length];
        double end = 0;
        for (int stage = 0; stage < ends.Length; stage++)
        {
            end += durations[stage];
            ends[stage] = end;
        }

        // The last stage ends at the deadline exactly, whatever rounding did.
        ends[^1] = deadlineUs;
    }

    /// <summary>Time that a stage may take, microseconds.</summary>
    public double Duration(int stage) => durations[stage];

    /// <summary>Time after release at which a stage should end, microseconds.</summary>
    public double End(int stage) => ends[stage];

    /// <summary>
    /// LAG after a number of finished stages (equations (3) and (4)): microseconds ahead of the schedule, negative when behind. Before the first stage only
    /// waiting counts.
    /// </summary>
    /// <param name="finished">Finished stages.</param>
    /// <param name="elapsedUs">Time since release, microseconds.</param>
    public double Lag(int finished, double elapsedUs) => (finished == 0 ? 0 : ends[finished - 1]) - elapsedUs;
}
