using Attune.Cohort.Metrics;
using Attune.Cohort.Simulation;

namespace Attune.Cohort.Comparison;

/// <summary>What a policy did on a cohort.</summary>
/// <param name="Cell">The cohort.</param>
/// <param name="Run">The policy.</param>
/// <param name="Figures">Its figures over all seeds.</param>
/// <param name="FirstSeed">The run with the first seed, for plots.</param>
public sealed record ComparisonRow(ComparisonCell Cell, PolicyRun Run, CohortFigures Figures, SimulationResult FirstSeed)
{
    /// <summary>True when the all-out policy keeps misses under the rate that ours must keep: only then can anything.</summary>
    public bool CanBeMet { get; init; }
}
