namespace Attune.Tuning.Run;

/// <summary>
/// How a time budget is divided between the search and what comes after it: choosing inside the model, comparing with the default configurations, verifying and
/// writing. The end gets a share and is cut down to it; what cannot be cut down is kept, even when the budget is too small, and the plan says by how much.
/// </summary>
/// <param name="Searching">Time for the search; null without a time budget.</param>
/// <param name="Choosing">Most time for choosing inside the model; zero when there is none for it, null for as much as it takes.</param>
/// <param name="Comparing">Time for the comparison.</param>
/// <param name="Verifying">Time for verifying and writing.</param>
/// <param name="Overrun">Time by which even the shortest end is expected to exceed the budget.</param>
public sealed record FinishPlan(TimeSpan? Searching, TimeSpan? Choosing, TimeSpan Comparing, TimeSpan Verifying, TimeSpan Overrun)
{
    // The search is what the budget is for; it is left this share of it at least.
    private const double MinSearch = 0.2;
    private const double MaxChoosing = 0.25;
    private const double ComparingShare = 0.1;
    private const int UsualModels = 15;
    private const int UsualRounds = 6;
    private static readonly TimeSpan ShortComparison = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongComparison = TimeSpan.FromSeconds(10);

    /// <summary>The fewest models and rounds among which choosing makes sense.</summary>
    public const int MinModels = 2;

    /// <summary>As <see cref="MinModels"/>.</summary>
    public const int MinRounds = 3;

    /// <summary>Expected time of everything after the search, where choosing is not limited its usual one.</summary>
    /// <param name="costs">What the steps cost.</param>
    public TimeSpan Finish(FinishCosts costs) => (Choosing ?? costs.Choosing(UsualModels, UsualRounds)) + Comparing + Verifying;

    /// <summary>Plans.</summary>
    /// <param name="time">The whole budget; null without a time budget.</param>
    /// <param name="spent">What preparing took of it.</param>
    /// <param name="costs">What the steps cost.</param>
    public static FinishPlan Of(TimeSpan? time, TimeSpan spent, FinishCosts costs)
    {
        // Both models were compiled before: the default one when costs were measured, the other one when it was verified.
        TimeSpan min = (2 * costs.Recompile) + PairedComparison.MinTime(costs.Run);
        if (time is not { } budget)
        {
            return new FinishPlan(null, null, Max(min, (2 * costs.Recompile) + LongComparison), costs.Verify, TimeSpan.Zero);
        }

        TimeSpan share = Min(Max(ComparingShare * budget, ShortComparison), LongComparison);
        TimeSpan comparing = Max(min, Min((2 * costs.Recompile) + share, budget / 5));
        TimeSpan choosing = Min(costs.Choosing(UsualModels, UsualRounds), MaxChoosing * budget);
        TimeSpan left = budget - spent - comparing - costs.Verify;
        TimeSpan search = MinSearch * budget;
        choosing = Min(choosing, left - search);
        if (choosing < costs.Choosing(MinModels, MinRounds))
        {
            choosing = TimeSpan.Zero;
        }

        return new FinishPlan(Max(left - choosing, search), choosing, comparing, costs.Verify, Max(TimeSpan.Zero, search + choosing - left));
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
