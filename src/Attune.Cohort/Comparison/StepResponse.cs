using Attune.Cohort.Control;
using Attune.Cohort.Simulation;

namespace Attune.Cohort.Comparison;

/// <summary>How fast a policy follows a change: every deadline becomes shorter in mid-run, periods stay.</summary>
/// <param name="JobsToSettle">Jobs of the slowest member to follow, from the change to the last miss among its next jobs; 0 when none missed.</param>
/// <param name="MissedAfter">Share of the jobs after the change that missed.</param>
public sealed record StepResponse(int JobsToSettle, double MissedAfter)
{
    /// <summary>Deadlines after the change over those before.</summary>
    public const double Change = 0.6;

    private const int JobsBefore = 60;
    private const int JobsAfter = 30;

    /// <summary>Runs a cohort through the change.</summary>
    /// <param name="setup">The cohort.</param>
    /// <param name="run">The policy.</param>
    /// <param name="options">How to simulate; the number of jobs is not used.</param>
    public static StepResponse Measure(CohortSetup setup, PolicyRun run, SimulationOptions options)
    {
        double longest = setup.Members.Max(member => member.PeriodUs);
        var simulation = new CohortSimulation(setup, run.Policy, options, run.Mode);
        int[] before = [.. simulation.Run(JobsBefore * longest).Members.Select(member => member.Ratios.Length)];
        for (int i = 0; i < before.Length; i++)
        {
            simulation.Controller.SetDeadline(i, setup.Members[i].DeadlineUs * Change, setup.Members[i].PeriodUs);
        }

        SimulationResult after = simulation.Run((JobsBefore + JobsAfter) * longest);
        int settle = 0;
        int missed = 0;
        int jobs = 0;
        for (int i = 0; i < before.Length; i++)
        {
            ReadOnlySpan<float> ratios = after.Members[i].Ratios[before[i]..];
            ratios = ratios[..Math.Min(ratios.Length, JobsAfter)];
            for (int job = 0; job < ratios.Length; job++)
            {
                jobs++;
                if (ratios[job] > 1)
                {
                    missed++;
                    settle = Math.Max(settle, job + 1);
                }
            }
        }

        return new StepResponse(settle, jobs == 0 ? 0 : (double)missed / jobs);
    }
}
