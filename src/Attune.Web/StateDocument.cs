using Attune.Cohort.Live;
using Attune.Cohort.Plans;

namespace Attune.Web;

/// <summary>The answer to GET /state: what the cohort does now, and figures since counting began. Stateless.</summary>
internal static class StateDocument
{
    // Percentiles are of the latest jobs: what a controller steers by, and little to copy while jobs run.
    private const int Responses = 1000;

    /// <summary>Makes the document.</summary>
    public static object Of(RunningCohort cohort, LivePlan plan)
    {
        CohortGlance glance = cohort.Glance();
        CohortRunFigures figures = cohort.Figures(Responses);
        return new
        {
            Plan = cohort.Setup.Plan.Name,
            cohort.Options.Policy,
            Mode = CohortModes.NameOf(glance.Mode),
            UptimeSeconds = glance.NowUs / 1e6,
            CountedSeconds = figures.ElapsedUs / 1e6,
            Applied = new { glance.Setting, glance.Threads },
            Jobs = figures.Released,
            Misses = figures.Missed,
            figures.MissRate,
            OverheadShare = figures.Overhead,
            Limits = cohort.Limits() is { } limits ? LimitDocument.Of(limits, cohort.Setup) : null,
            Meter = cohort.Options.Meter?.Name,
            EnergyMj = cohort.MilliJoules(),
            EnergyIsEstimated = cohort.Options.Meter?.IsEstimate,
            Members = figures.Members.Zip(glance.Members).Select((pair, i) => new
            {
                pair.First.Name,
                DeadlineMs = pair.Second.DeadlineUs / 1000,
                PeriodMs = plan.PeriodUs(i) / 1000,
                Jobs = pair.First.Released,
                Misses = pair.First.Missed,
                pair.First.MissRate,
                LagMs = pair.Second.LagUs / 1000,
                pair.Second.Stage,
                pair.Second.Stages,
                P50Ms = Ms(pair.First, 0.5),
                P95Ms = Ms(pair.First, 0.95),
                P99Ms = Ms(pair.First, 0.99),
                pair.First.LossPoints,
                pair.First.Failure,
            }),
        };
    }

    private static double? Ms(MemberRunFigures member, double share) => member.ResponseUs.Count == 0 ? null : member.Percentile(share) / 1000;
}
