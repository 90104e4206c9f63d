namespace Attune.Compile.Quantisation.Session;

/// <summary>What one layer on bytes costs when all others are in floats.</summary>
/// <param name="Node">Name of the layer.</param>
/// <param name="RelativeError">The largest relative error of an output, measured on calibration samples.</param>
public sealed record LayerSensitivity(string Node, double RelativeError);
