using System.Collections.Immutable;

namespace Attune.Tuning.Choices;

/// <summary>The cheapest choices found.</summary>
/// <param name="Choices">Position of the chosen alternative, one per node.</param>
/// <param name="Total">Their cost; positive infinity when every combination is forbidden (or none was found within the cap).</param>
/// <param name="IsExact">True when no combination was cut off: nothing is cheaper.</param>
/// <param name="RunnersUp">For every node the cheapest solution in which it takes another alternative; null where there is none.</param>
public sealed record ChoiceSolution(ImmutableArray<int> Choices, double Total, bool IsExact, ImmutableArray<ChoiceRunnerUp?> RunnersUp);
