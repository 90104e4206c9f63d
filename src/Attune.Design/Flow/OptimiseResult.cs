using Attune.Tuning.Session;

namespace Attune.Design.Flow;

/// <summary>The best design within limits, and what was made of it.</summary>
/// <param name="Answer">What was found.</param>
/// <param name="Best">The design; it is written.</param>
/// <param name="Front">The front around it; null when it was not asked for, or nothing predicts latencies.</param>
/// <param name="Tuned">Path of the tuned model; null when it was not tuned.</param>
/// <param name="Outcome">What tuning gave; null when it was not tuned.</param>
public sealed record OptimiseResult(OptimiseAnswer Answer, OptimisedDesign Best, MeasuredFront? Front, string? Tuned, TuneOutcome? Outcome);
