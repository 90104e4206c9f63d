namespace Attune.Measuring.Workers;

/// <summary>
/// What a worker tells its parent: progress, so that the parent knows which time limit applies and can say where a worker died, or the result.
/// </summary>
/// <param name="Id">Number of the request; 0 for <see cref="WorkerStage.Ready"/>.</param>
/// <param name="Stage">What the worker does from now on.</param>
/// <param name="Result">The result with <see cref="WorkerStage.Done"/>, otherwise null.</param>
internal sealed record WorkerReply(long Id, WorkerStage Stage, MeasureResult? Result = null);
