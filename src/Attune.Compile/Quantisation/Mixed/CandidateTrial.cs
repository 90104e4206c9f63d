namespace Attune.Compile.Quantisation.Mixed;

/// <summary>A choice of the front that was tried on the whole network.</summary>
/// <param name="Point">The choice, and what was predicted.</param>
/// <param name="Loss">What it loses, a share as in <see cref="Session.QuantisationCost.Loss"/>.</param>
/// <param name="RelativeError">The largest relative error of an output.</param>
/// <param name="IsWithin">True when the loss is within the budget.</param>
/// <param name="Ms">Latency, milliseconds; null where the loss is too large, so that nobody asked.</param>
public sealed record CandidateTrial(FrontPoint Point, double Loss, double RelativeError, bool IsWithin, double? Ms);
