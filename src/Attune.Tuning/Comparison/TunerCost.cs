namespace Attune.Tuning.Comparison;

/// <summary>What searches with one searcher cost, means over all spaces and seeds.</summary>
/// <param name="Tuner">Label of the searcher.</param>
/// <param name="DeviceSeconds">Seconds of compiling and measuring per search, from the recordings.</param>
/// <param name="ThinkingMsPerTrial">Milliseconds that the searcher spent per trial on this machine, while other searches ran beside it.</param>
/// <param name="FailureShare">Share of trials without a time, in [0, 1].</param>
/// <param name="TrialsToNear">
/// Trials until the best found is within <see cref="Near"/> of the optimum, mean; a search that did not get there counts with all its trials, so that the
/// mean is a lower bound when <paramref name="NearShare"/> is below 1.
/// </param>
/// <param name="NearShare">Share of searches that got there, in [0, 1].</param>
public sealed record TunerCost(string Tuner, double DeviceSeconds, double ThinkingMsPerTrial, double FailureShare, double TrialsToNear, double NearShare)
{
    /// <summary>Optimum / best found that counts as near: 0.95.</summary>
    public const double Near = 0.95;
}
