namespace Attune.Bench.Searchers;

/// <summary>What one searcher with one seed found on one task.</summary>
/// <param name="Searcher">Name of the searcher.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="Trials">Candidates it asked for.</param>
/// <param name="BestIndex">Index of the fastest correct one.</param>
/// <param name="SearchMs">Its time as the search saw it, milliseconds.</param>
/// <param name="BestMs">Its time when the bests of all runs were measured again, milliseconds: what counts.</param>
internal sealed record RaceRun(string Searcher, int Seed, int Trials, long BestIndex, double SearchMs, double BestMs);
