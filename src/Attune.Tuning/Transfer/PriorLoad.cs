namespace Attune.Tuning;

/// <summary>A prior that was read, or why not.</summary>
/// <param name="Prior">The prior; null on failure.</param>
/// <param name="Failure">The kind of failure; null on success.</param>
/// <param name="Message">What, where and what to do next; null on success.</param>
public sealed record PriorLoad(TransferPrior? Prior, PriorFailure? Failure, string? Message);
