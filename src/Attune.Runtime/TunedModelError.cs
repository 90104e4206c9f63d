namespace Attune.Runtime;

/// <summary>Why a tuned-model file could not be used.</summary>
/// <param name="Failure">The kind of failure.</param>
/// <param name="Message">What went wrong, where and why.</param>
/// <param name="Next">What to do about it.</param>
public sealed record TunedModelError(TunedModelFailure Failure, string Message, string Next);
