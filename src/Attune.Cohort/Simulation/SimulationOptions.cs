using System.Collections.Immutable;
using Attune.Cohort.Control;

namespace Attune.Cohort.Simulation;

/// <summary>How a cohort is simulated. Immutable; checked once by whoever reads it.</summary>
public sealed record SimulationOptions
{
    /// <summary>Seed of noise and of release phases. The same seed gives every policy the same noise.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Jobs per member on average, 1 to 10,000,000; the first <see cref="WarmUpJobs"/> of each member are not counted. Default 2000.</summary>
    public int Jobs { get; init; } = 2000;

    /// <summary>Jobs of each member that are run but not counted. Default 20, as in the paper's protocol.</summary>
    public int WarmUpJobs { get; init; } = 20;

    /// <summary>Standard deviation of the logarithm of a stage's time, 0 to 1. Default 0.05.</summary>
    public double StageNoise { get; init; } = 0.05;

    /// <summary>Standard deviation of the logarithm of a factor common to all stages of a job, 0 to 1. Default 0.02.</summary>
    public double JobNoise { get; init; } = 0.02;

    /// <summary>
    /// By how much each further running member slows every one down, 0 (none) to 2. Default: null, what the profiles measured at each setting, or
    /// <see cref="CohortSetup.UsualContention"/> where one did not.
    /// </summary>
    public double? Contention { get; init; }

    /// <summary>Boundaries whose LAG is kept for plots. Default 400.</summary>
    public int TracePoints { get; init; } = 400;

    /// <summary>Everything that is outside its range; empty when the options can be used.</summary>
    public ImmutableArray<string> Problems()
    {
        ImmutableArray<string>.Builder problems = ImmutableArray.CreateBuilder<string>();
        Check(Jobs is >= 1 and <= 10_000_000, $"{Jobs} jobs are not from 1 to 10,000,000");
        Check(WarmUpJobs >= 0, $"{WarmUpJobs} warm-up jobs are below 0");
        Check(StageNoise is >= 0 and <= 1, $"stage noise {StageNoise} is not from 0 to 1");
        Check(JobNoise is >= 0 and <= 1, $"job noise {JobNoise} is not from 0 to 1");
        Check(Contention is null or (>= 0 and <= 2), $"contention {Contention} is not from 0 to 2");
        return problems.ToImmutable();

        void Check(bool holds, string message)
        {
            if (!holds)
            {
                problems.Add(message);
            }
        }
    }
}
