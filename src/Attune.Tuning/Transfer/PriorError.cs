namespace Attune.Tuning.Transfer;

/// <summary>Why a prior cannot be used.</summary>
/// <param name="Failure">The kind of failure.</param>
/// <param name="Message">What, where and what to do next.</param>
public sealed record PriorError(PriorFailure Failure, string Message);
