namespace Attune.Compile.Quantisation.Session;

/// <summary>How far quantising a network is.</summary>
/// <param name="Phase">What is being done.</param>
/// <param name="Done">Runs of samples done, of all phases known so far.</param>
/// <param name="Total">Runs there will be.</param>
/// <param name="Left">Time left as the runs so far suggest; null before the first.</param>
public sealed record QuantiseProgress(string Phase, int Done, int Total, TimeSpan? Left);
