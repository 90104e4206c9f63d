namespace Attune.Tuning.Comparison;

/// <summary>A searcher over all spaces of a comparison.</summary>
/// <param name="Tuner">Label of the searcher.</param>
/// <param name="Trials">Trials it had.</param>
/// <param name="Mean">Mean over spaces of the mean over seeds of optimum / best found.</param>
/// <param name="Low">Lower end of its 95 % bootstrap band.</param>
/// <param name="High">Upper end.</param>
/// <param name="Rank">Mean rank among the searchers over (space, seed) pairs, 1 the best; equal results share their ranks.</param>
public sealed record TunerMean(string Tuner, int Trials, double Mean, double Low, double High, double Rank);
