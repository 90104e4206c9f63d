namespace Attune.Tuning.Choices;

/// <summary>What two neighbouring nodes cost together.</summary>
/// <param name="First">The earlier node.</param>
/// <param name="Second">The later node; its number is larger.</param>
/// <param name="Costs">Cost of [alternative of the first, alternative of the second]; not changed after it was handed over.</param>
public sealed record ChoiceEdge(int First, int Second, double[,] Costs);
