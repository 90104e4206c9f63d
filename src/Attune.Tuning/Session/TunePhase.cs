namespace Attune.Tuning.Session;

/// <summary>A part of a tune and the wall-clock time it took.</summary>
/// <param name="Name">What was done, for people and scripts: prepare, search, choose, compare, verify, write.</param>
/// <param name="Seconds">How long.</param>
public sealed record TunePhase(string Name, double Seconds);
