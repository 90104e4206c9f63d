using System.Collections.Immutable;
using Attune.Cohort.Control;
using Attune.Cohort.Plans;

namespace Attune.Cohort.Decision;

/// <summary>One kept decision: everything that went in and what came out, enough to make it again.</summary>
/// <param name="NowUs">When, microseconds.</param>
/// <param name="Member">Index of the member that stood at a boundary.</param>
/// <param name="Mode">Mode in force.</param>
/// <param name="Applied">Setting in force before.</param>
/// <param name="Inputs">What each member had published.</param>
/// <param name="Wish">Setting that the policy wanted; <see cref="StageChoice.Keep"/> for the one in force.</param>
/// <param name="Urgent">True when it could not wait.</param>
/// <param name="AppliedAfter">Setting in force after.</param>
/// <param name="Variant">Variant of the member's next stage.</param>
public sealed record DecisionEntry(
    double NowUs, int Member, CohortMode Mode, int Applied, ImmutableArray<DecisionInput> Inputs, int Wish, bool Urgent, int AppliedAfter, int Variant)
{
    /// <summary>Settings that could not be had at the time, ascending: clocks were capped, or the machine was hot.</summary>
    public ImmutableArray<int> Removed { get; init; } = [];
}
