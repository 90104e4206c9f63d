namespace Attune.Compile.Quantisation.Session;

/// <summary>How far an output is from that of the network of floats.</summary>
/// <param name="Output">Its name.</param>
/// <param name="RelativeError">Root mean square of the differences over that of the output, over all samples; infinite where one side is no number.</param>
public sealed record OutputCost(string Output, double RelativeError);
