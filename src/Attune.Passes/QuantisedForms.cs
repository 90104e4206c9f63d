using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Passes.Quantised;
using Attune.Reference;

namespace Attune.Passes;

/// <summary>
/// Brings the ways to write a quantised network to one: unsigned bytes between layers, a load (DequantizeLinear) before and a store (QuantizeLinear) behind
/// operators on floats. Operators on quantised values are taken apart, bytes that only move are moved as floats, clips that a byte's range implies go, and what
/// is converted twice is converted once. What is not understood stays as it is and keeps its meaning: wider integers, scales along an axis, scales that are no
/// positive numbers, parameters that are not constant. Constant weights stay bytes for <see cref="WeightedFusion"/> to decide about.
/// </summary>
public sealed class QuantisedForms : IGraphPass
{
    /// <summary>The parts, in order.</summary>
    internal static ImmutableArray<IGraphPass> Parts { get; } =
    [
        new UnpackedWeights(),
        new DynamicProducts(),
        new QuantisedOperatorRewriting(),
        new CanonicalConversions(),
        new UnsignedBytes(),
        new MoversOnFloats(),
        new ImpliedClips(),
        new RepeatedConversions(),
        new PaddedInputs(),
        new TransposedWeights(),
        new LayerInputs(),
        new DeadCodeRemoval(),
    ];

    /// <inheritdoc/>
    public string Name => "quantised forms";

    /// <inheritdoc/>
    public Network Run(Network network)
    {
        bool quantised = network.Types.Values.Any(type => ByteScale.IsByte(type.Element))
            || network.Nodes.Any(node => node.Operator.StartsWith(ContributedOperators.Domain, StringComparison.Ordinal));
        if (!quantised)
        {
            return network;
        }

        foreach (IGraphPass part in Parts)
        {
            network = part.Run(network);
        }

        return network;
    }
}
