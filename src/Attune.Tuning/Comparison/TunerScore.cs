namespace Attune.Tuning.Comparison;

/// <summary>How close a searcher came to the optimum of a recorded device.</summary>
/// <param name="Device">The recorded device.</param>
/// <param name="Searcher">The searcher.</param>
/// <param name="Trials">Trials it had.</param>
/// <param name="Mean">Mean over seeds of optimum / best found, in [0, 1].</param>
/// <param name="Spread">Standard deviation over seeds.</param>
/// <param name="Seeds">Number of seeds.</param>
/// <param name="Low">Lower end of the 95 % bootstrap band of the mean.</param>
/// <param name="High">Upper end of the band.</param>
public sealed record TunerScore(string Device, string Searcher, int Trials, double Mean, double Spread, int Seeds, double Low, double High);
