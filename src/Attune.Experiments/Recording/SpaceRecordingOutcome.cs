namespace Attune.Experiments.Recording;

/// <summary>What a recording came to.</summary>
/// <param name="Configurations">Configurations in the file.</param>
/// <param name="Measured">Those of them that were measured now.</param>
/// <param name="Tally">Outcomes of what was measured now; empty when it was stopped.</param>
/// <param name="Elapsed">Time that it took.</param>
/// <param name="WasStopped">True when it was cancelled; what was measured until then is in the file.</param>
public sealed record SpaceRecordingOutcome(int Configurations, int Measured, FailureTally Tally, TimeSpan Elapsed, bool WasStopped);
