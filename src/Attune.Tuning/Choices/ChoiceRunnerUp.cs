namespace Attune.Tuning.Choices;

/// <summary>What a node would take if it could not have the alternative chosen for it.</summary>
/// <param name="Alternative">The other alternative.</param>
/// <param name="Total">Cost of the best solution with it, the other nodes adapted.</param>
public sealed record ChoiceRunnerUp(int Alternative, double Total);
