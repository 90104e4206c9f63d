namespace Attune.Measuring.Workers;

/// <summary>What the parent asks of a worker.</summary>
/// <param name="Id">Number of the request; replies repeat it.</param>
/// <param name="Candidate">What to measure.</param>
/// <param name="Options">How to time it.</param>
internal sealed record WorkerRequest(long Id, MeasureRequest Candidate, MeasureOptions Options);
