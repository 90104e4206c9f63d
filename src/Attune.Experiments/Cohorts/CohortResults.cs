using System.Collections.Immutable;
using Attune.Cohort.Comparison;
using Attune.Cohort.Profiles;
using Attune.Cohort.Simulation;

namespace Attune.Experiments.Cohorts;

/// <summary>A comparison of policies on cohorts, with everything that its report says.</summary>
/// <param name="Plan">Name of the plan.</param>
/// <param name="When">When it was made.</param>
/// <param name="Command">The command that makes it again.</param>
/// <param name="Options">How it was simulated.</param>
/// <param name="Seeds">Seeds per cohort and policy.</param>
/// <param name="Profiles">Profiles of the different networks.</param>
/// <param name="Rows">One row per cohort and policy.</param>
public sealed record CohortResults(
    string Plan,
    DateTimeOffset When,
    string Command,
    SimulationOptions Options,
    int Seeds,
    ImmutableArray<CohortProfile> Profiles,
    ImmutableArray<ComparisonRow> Rows)
{
    /// <summary>Rows that have a number for energy.</summary>
    public bool HasEnergy => Rows.Any(row => double.IsFinite(row.Figures.TotalMjPerJob));

    /// <summary>Cohorts in order, each with its cells by deadline factor.</summary>
    public IEnumerable<IGrouping<string, ComparisonRow>> Cohorts => Rows.GroupBy(row => row.Cell.Cohort);
}
