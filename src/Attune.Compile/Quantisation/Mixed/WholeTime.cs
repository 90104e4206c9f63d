namespace Attune.Compile.Quantisation.Mixed;

/// <summary>Latency of a whole network.</summary>
/// <param name="Ms">Median, milliseconds.</param>
/// <param name="SpreadMs">Half the width of the median's 95 % interval, milliseconds.</param>
/// <param name="IsFaster">True when it is faster than the network of floats for certain, as far as alternating runs tell.</param>
public sealed record WholeTime(double Ms, double SpreadMs, bool IsFaster);
