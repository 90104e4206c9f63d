namespace Attune.Bench.Networks;

/// <summary>Where results come from, for the record.</summary>
/// <param name="System">Operating system.</param>
/// <param name="Commit">What was measured.</param>
/// <param name="Command">The command that measured it.</param>
internal sealed record BenchOrigin(string System, string Commit, string Command);
