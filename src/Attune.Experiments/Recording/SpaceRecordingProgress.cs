namespace Attune.Experiments.Recording;

/// <summary>How far a recording is.</summary>
/// <param name="Configurations">Configurations in the file.</param>
/// <param name="Tally">Outcomes of what was measured now.</param>
/// <param name="Elapsed">Time since it began.</param>
public sealed record SpaceRecordingProgress(int Configurations, FailureTally Tally, TimeSpan Elapsed);
