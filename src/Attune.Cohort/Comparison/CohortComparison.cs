using System.Collections.Immutable;
using Attune.Cohort.Control;
using Attune.Cohort.Metrics;
using Attune.Cohort.Plans;
using Attune.Cohort.Profiles;
using Attune.Cohort.Simulation;
using Attune.Devices;
using Attune.Records.Documents;

namespace Attune.Cohort.Comparison;

/// <summary>Compares policies on cohorts: every policy meets the same releases and the same noise in every seed. Deterministic.</summary>
public static class CohortComparison
{
    /// <summary>The miss rate that the paper reports and that counts as kept here.</summary>
    public const double KeptMissRate = 0.0325;

    /// <summary>Cohort sizes of the usual grid.</summary>
    public static ImmutableArray<int> Sizes { get; } = [1, 2, 4, 6, 8];

    /// <summary>Deadline factors of the usual grid.</summary>
    public static ImmutableArray<double> Factors { get; } = [1.2, 1.5, 2, 3];

    /// <summary>The usual grid: cohorts of copies of a plan's first network, and all its different networks together, at each deadline factor.</summary>
    /// <param name="plan">The plan; its deadlines and periods are replaced.</param>
    /// <param name="profiles">The profile of each member, in the plan's order.</param>
    /// <returns>The cells, or the problems of the first that cannot be made.</returns>
    public static Result<ImmutableArray<ComparisonCell>, DocumentError> Grid(CohortPlan plan, IReadOnlyList<CohortProfile> profiles)
    {
        ImmutableArray<ComparisonCell>.Builder cells = ImmutableArray.CreateBuilder<ComparisonCell>();
        CohortProfile[] different = [.. profiles.DistinctBy(profile => profile.Network)];
        List<CohortProfile[]> cohorts = [.. Sizes.Select(size => Enumerable.Repeat(profiles[0], size).ToArray())];
        if (different.Length > 1)
        {
            cohorts.Add(different);
        }

        foreach (CohortProfile[] cohort in cohorts)
        {
            foreach (double factor in Factors)
            {
                CohortPlan replaced = plan with
                {
                    Members = [.. cohort.Select(
                        (profile, i) => new CohortMember($"{profile.Network}-{i + 1}") { Profile = profile.Network, DeadlineFactor = factor })],
                };
                Result<CohortSetup, DocumentError> setup = CohortSetup.Create(replaced, cohort);
                if (!setup.Succeeded)
                {
                    return setup.Error;
                }

                cells.Add(ComparisonCell.Of(setup.Value));
            }
        }

        return cells.ToImmutable();
    }

    /// <summary>Runs everything.</summary>
    /// <param name="cells">Cohorts.</param>
    /// <param name="runs">Policies.</param>
    /// <param name="options">How to simulate; the seed is the first of them.</param>
    /// <param name="seeds">Seeds per cell and policy, at least 1.</param>
    /// <param name="told">Told before each cell: its number and itself.</param>
    /// <param name="cancellation">Stops between two runs.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static ImmutableArray<ComparisonRow> Run(
        IReadOnlyList<ComparisonCell> cells,
        IReadOnlyList<PolicyRun> runs,
        SimulationOptions options,
        int seeds,
        Action<int, ComparisonCell>? told,
        CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(seeds, 1);
        var rows = ImmutableArray.CreateBuilder<ComparisonRow>();
        for (int i = 0; i < cells.Count; i++)
        {
            told?.Invoke(i, cells[i]);
            CohortFigures best = CohortFigures.Of(Simulate(cells[i], new PolicyRun("all-out", null), options, seeds, cancellation));
            bool canBeMet = best.MissRate.Rate <= KeptMissRate;
            foreach (PolicyRun run in runs)
            {
                List<SimulationResult> results = Simulate(cells[i], run, options, seeds, cancellation);
                rows.Add(new ComparisonRow(cells[i], run, CohortFigures.Of(results), results[0]) { CanBeMet = canBeMet });
            }
        }

        return rows.ToImmutable();
    }

    /// <summary>
    /// Energy per job, idle included, of the per-layer oracle by calculation: no noise, no switching, one network alone; millijoules, NaN where it does not
    /// apply.
    /// </summary>
    public static double OracleMjPerJob(CohortSetup setup)
    {
        if (setup.Members.Length != 1 || setup.Energy == EnergySource.None)
        {
            return double.NaN;
        }

        (double us, double energy) = Policies.OraclePolicy.MinEnergy(setup.Members[0], setup.Members[0].DeadlineUs);
        return us > setup.Members[0].DeadlineUs ? double.NaN : energy + (setup.RestPowerMw * (setup.Members[0].PeriodUs - us) * 1e-6);
    }

    private static List<SimulationResult> Simulate(ComparisonCell cell, PolicyRun run, SimulationOptions options, int seeds, CancellationToken cancellation)
    {
        var results = new List<SimulationResult>();
        for (int seed = 0; seed < seeds; seed++)
        {
            cancellation.ThrowIfCancellationRequested();
            results.Add(new CohortSimulation(cell.Setup, run.Policy, options with { Seed = options.Seed + seed }, run.Mode).Run());
        }

        return results;
    }
}
