namespace Attune.Tuning.Comparison;

/// <summary>Two searchers over the same (space, seed) pairs.</summary>
/// <param name="First">Label of one searcher.</param>
/// <param name="Second">Label of the other.</param>
/// <param name="Trials">Trials both had.</param>
/// <param name="Difference">Mean of first minus second, in optimum / best found: above 0 the first is better.</param>
/// <param name="Wins">Pairs that the first wins.</param>
/// <param name="Ties">Pairs with equal results.</param>
/// <param name="Pairs">All pairs.</param>
/// <param name="P">Two-sided p of the sign-flip permutation test on the mean difference.</param>
/// <param name="AdjustedP">The same after Holm's correction over all duels at the same number of trials.</param>
public sealed record TunerDuel(string First, string Second, int Trials, double Difference, int Wins, int Ties, int Pairs, double P, double AdjustedP);
