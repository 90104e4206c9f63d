using System.Collections.Immutable;
using Attune.Compile.Quantisation.Equalisation;
using Attune.Compile.Weights;
using Attune.Kernels;

namespace Attune.Compile.Quantisation;

/// <summary>A network on bytes.</summary>
/// <param name="Network">
/// Operators of ONNX alone: conversions around operators on floats, weights as signed bytes with a scale per output channel, activations as unsigned bytes.
/// </param>
/// <param name="Layers">Convolutions and matrix products that compute on bytes.</param>
/// <param name="Values">Activations that are bytes.</param>
/// <param name="Kept">Layers that stay in floats, and why.</param>
public sealed record QuantisedNetwork(Network Network, int Layers, int Values, ImmutableArray<KeptLayer> Kept)
{
    /// <summary>What making the ranges of channels alike did; null where no layers could be equalised, or none were to be.</summary>
    public EqualisationReport? Equalisation { get; init; }
}
