namespace Attune.Design.Proxies;

/// <summary>An execution unit whose latency on the target is not the proxy's times the common ratio.</summary>
/// <param name="Unit">Its name.</param>
/// <param name="Ratio">
/// Latency on the target over what the proxy and the common ratio say: 2 is twice as slow as expected. Negative where collinear columns leave no single
/// meaning.
/// </param>
/// <param name="Influence">Standard deviation of what the difference does to the latency of a design, as a share of the mean latency.</param>
public sealed record UnitDifference(string Unit, double Ratio, double Influence);
