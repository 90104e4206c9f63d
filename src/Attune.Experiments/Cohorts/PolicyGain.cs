using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Attune.Cohort.Comparison;
using Attune.Cohort.Metrics;
using Attune.Cohort.Policies;

namespace Attune.Experiments.Cohorts;

/// <summary>
/// By how much a policy is better than a baseline, percent, over all cohorts that both met: arithmetic mean, smallest and largest (design paper, 3.3).
/// </summary>
/// <param name="Policy">The policy.</param>
/// <param name="Baseline">The baseline.</param>
/// <param name="What">Energy with idle, or response time.</param>
/// <param name="Mean">Mean improvement.</param>
/// <param name="Min">Smallest improvement; negative where the baseline is better.</param>
/// <param name="Max">Largest improvement.</param>
/// <param name="Cells">Cohorts behind it.</param>
public sealed record PolicyGain(
    string Policy,
    string Baseline,
    string What,
    double Mean,
    [property: JsonPropertyName("least")] double Min,
    [property: JsonPropertyName("most")] double Max,
    int Cells)
{
    /// <summary>
    /// Gains of every NeuOS row over every other policy. Only cohorts count on which both kept the miss rate: doing less work is no improvement.
    /// </summary>
    public static ImmutableArray<PolicyGain> Of(IReadOnlyCollection<ComparisonRow> rows)
    {
        ImmutableArray<PolicyGain>.Builder gains = ImmutableArray.CreateBuilder<PolicyGain>();
        foreach (PolicyRun policy in rows.Select(row => row.Run).Distinct().Where(run => run.Policy == PolicyCatalog.NeuOs))
        {
            foreach (PolicyRun baseline in rows.Select(row => row.Run).Distinct().Where(run => run.Policy != PolicyCatalog.NeuOs))
            {
                Add(gains, rows, policy, baseline, "energy", figures => figures.TotalMjPerJob);
                Add(gains, rows, policy, baseline, "response", figures => figures.MeanResponseMs);
            }
        }

        return gains.ToImmutable();
    }

    private static void Add(
        ImmutableArray<PolicyGain>.Builder gains,
        IReadOnlyCollection<ComparisonRow> rows,
        PolicyRun policy,
        PolicyRun baseline,
        string what,
        Func<CohortFigures,
        double> of)
    {
        double[] improvements = [.. rows.Where(row => row.Run == policy && IsKept(row))
            .Join(
                rows.Where(row => row.Run == baseline && IsKept(row)),
                row => row.Cell,
                row => row.Cell,
                (ours, theirs) => 100 * (of(theirs.Figures) - of(ours.Figures)) / of(theirs.Figures))
            .Where(double.IsFinite)];
        if (improvements.Length > 0)
        {
            gains.Add(new PolicyGain(policy.Label, baseline.Label, what, improvements.Average(), improvements.Min(), improvements.Max(), improvements.Length));
        }
    }

    private static bool IsKept(ComparisonRow row) => row.Figures.MissRate.Rate <= CohortComparison.KeptMissRate;
}
