using System.Collections.Immutable;
using Attune.Cli.Output;
using Attune.Tuning.Run;
using Attune.Tuning.Session;

namespace Attune.Cli.Tune;

/// <summary>What is said about a tune's time: beforehand how the budget is divided, afterwards where the time went.</summary>
internal static class FinishText
{
    // A trial under way at the end of the search, and the last block of a comparison, are finished.
    private static readonly TimeSpan Unavoidable = TimeSpan.FromSeconds(0.5);

    /// <summary>The announcement before the search.</summary>
    /// <param name="plan">How the time is divided.</param>
    /// <param name="costs">What the steps cost.</param>
    public static string Of(FinishPlan plan, FinishCosts costs)
    {
        TimeSpan choosing = plan.Choosing ?? plan.Finish(costs) - plan.Comparing - plan.Verifying;
        string first = choosing > TimeSpan.Zero ? $"choosing inside the model {Units.Duration(choosing)}, " : string.Empty;
        string parts = $"{first}comparison {Units.Duration(plan.Comparing)}, verifying and writing {Units.Duration(plan.Verifying)}";
        string finish = Units.Duration(plan.Finish(costs));
        return plan switch
        {
            { Searching: null } => $"finishing takes about {finish} after the trials: {parts}",
            { Overrun.Ticks: > 0 } =>
                $"searching {Units.Duration(plan.Searching.Value)}, finishing {finish} ({parts}): about {Units.Duration(plan.Overrun)} more than the budget, "
                + "because that cannot be shorter",
            _ => $"searching until {finish} before the end of the budget, then finishing: {parts}",
        };
    }

    /// <summary>Where the time went: "search 20s, choose 8.0s, compare 4.0s". Phases of no length are left out.</summary>
    /// <param name="phases">The phases.</param>
    public static string Of(ImmutableArray<TunePhase> phases) =>
        string.Join(", ", phases.Where(phase => phase.Seconds >= 0.05).Select(phase => $"{phase.Name} {Units.Duration(TimeSpan.FromSeconds(phase.Seconds))}"));

    /// <summary>What is said when a budget of time was exceeded; null when it was kept.</summary>
    /// <param name="budget">The budget, or null.</param>
    /// <param name="took">Time from the beginning of the command to its end.</param>
    /// <param name="phases">Where it went.</param>
    public static string? Overrun(TimeSpan? budget, TimeSpan took, ImmutableArray<TunePhase> phases) =>
        budget is { } limit && took > limit + Unavoidable
            ? $"This took {Units.Duration(took)}, {Units.Duration(took - limit)} more than the budget: {Of(phases)}. " +
              $"Whatever the budget, the reference kernels run, and the model is compared with the default in {PairedComparison.MinPairs} alternating pairs, "
              + "verified and written."
            : null;
}
