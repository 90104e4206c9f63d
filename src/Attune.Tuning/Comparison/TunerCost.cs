namespace Attune.Tuning;

/// <summary>What searches with one searcher cost, means over all spaces and seeds.</summary>
/// <param name="Tuner">Label of the searcher.</param>
/// <param name="DeviceSeconds">Seconds of compiling and measuring per search, from the recordings.</param>
/// <param name="ThinkingMsPerTrial">Milliseconds that the searcher spent per trial on this machine, while other searches ran beside it.</param>
/// <param name="FailureShare">Share of trials without a time, in [0, 1].</param>
public sealed record TunerCost(string Tuner, double DeviceSeconds, double ThinkingMsPerTrial, double FailureShare);
