using Attune.Kernels;

namespace Attune.Compile.Quantisation;

/// <summary>A network on bytes.</summary>
/// <param name="Network">
/// Operators of ONNX alone: conversions around operators on floats, weights as signed bytes with a scale per output channel, activations as unsigned bytes.
/// </param>
/// <param name="Layers">Convolutions and matrix products that compute on bytes.</param>
/// <param name="Values">Activations that are bytes.</param>
public sealed record QuantisedNetwork(Network Network, int Layers, int Values);
