namespace Attune.Bench.Fuzz.Trials;

/// <summary>What is wrong with a graph under a setting.</summary>
/// <param name="Setting">The setting.</param>
/// <param name="Reason">Which number differs and by how much, or what was thrown.</param>
internal sealed record Difference(FuzzSetting Setting, string Reason);
