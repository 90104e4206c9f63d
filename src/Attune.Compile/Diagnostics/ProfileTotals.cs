using Attune.Numerics;
using Attune.Runtime;

namespace Attune.Compile.Diagnostics;

/// <summary>Where a run's time goes. Medians over the runs, milliseconds; the three parts add up to the run.</summary>
/// <param name="RunMs">From the call to its return.</param>
/// <param name="InStepsMs">Threads work on steps; mean over the threads.</param>
/// <param name="BetweenStepsMs">Threads wait for each other at barriers; mean over the threads.</param>
/// <param name="OtherMs">The rest, not attributed to any step: waking the threads, and returning when the last one is done.</param>
public sealed record ProfileTotals(double RunMs, double InStepsMs, double BetweenStepsMs, double OtherMs)
{
    /// <summary>Sums a recording up.</summary>
    public static ProfileTotals Of(RunRecording recording)
    {
        double[] runs = new double[recording.Runs];
        double[] work = new double[recording.Runs];
        double[] wait = new double[recording.Runs];
        for (int run = 0; run < recording.Runs; run++)
        {
            (long begin, long end) = recording.Run(run);
            runs[run] = (end - begin) / 1e6;
            foreach (PhaseTimes times in PhasesOf(recording, run))
            {
                work[run] += times.Work / 1e6 / recording.Members;
                wait[run] += times.Wait / 1e6 / recording.Members;
            }
        }

        double whole = Quantiles.Median(runs);
        double inSteps = Quantiles.Median(work);
        double between = Quantiles.Median(wait);
        return new ProfileTotals(whole, inSteps, between, whole - inSteps - between);
    }

    private static IEnumerable<PhaseTimes> PhasesOf(RunRecording recording, int run) =>
        from member in Enumerable.Range(0, recording.Members)
        from step in Enumerable.Range(0, recording.Phases.Length)
        from phase in Enumerable.Range(0, recording.Phases[step])
        select recording.Phase(run, member, step, phase);
}
