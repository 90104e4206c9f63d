using System.Collections.Immutable;
using Attune.Compile.Quantisation.Mixed;
using Attune.Devices;
using Attune.Kernels;

namespace Attune.Compile.Quantisation;

/// <summary>
/// Makes every layer of a network compute with what a policy says: floats, bytes or brain floats, as <see cref="NetworkQuantiser"/> writes them. Nothing is
/// searched, corrected or equalised: that is for networks whose weights mean something. Stateless.
/// </summary>
public static class PolicyQuantiser
{
    private const string Policy = "the policy wants floats";
    private static readonly QuantiserOptions Plain = QuantiserOptions.Default with { CorrectBias = false, Equalise = false };

    /// <summary>The network as the policy wants it, with ranges of activations from samples: from the least to the greatest number seen.</summary>
    /// <param name="network">A network as it was read or built, before any pass.</param>
    /// <param name="precisionOf">
    /// What a node computes with, by its name. Pools, sums and joins of bytes follow the layers beside them; layers without such a form keep floats.
    /// </param>
    /// <param name="samples">Typical inputs, each with a tensor for every input of the network; at least one.</param>
    /// <returns>The network; why there is none.</returns>
    /// <exception cref="ArgumentException">There is no sample, or one lacks an input or has it in another type or shape.</exception>
    public static Result<Network, QuantiseError> Apply(
        Network network, Func<string, LayerPrecision> precisionOf, IReadOnlyList<IReadOnlyDictionary<string, Tensor>> samples)
    {
        Result<PreparedQuantisation, QuantiseError> prepared = PreparedQuantisation.Of(network, samples, Plain);
        return prepared.Succeeded ? Built(prepared.Value, precisionOf) : prepared.Error;
    }

    /// <summary>
    /// A network with the same steps, whose weights need no values and whose ranges are made up: enough for passes, tasks and memory plans, not for running.
    /// </summary>
    /// <param name="network">A network before any pass.</param>
    /// <param name="precisionOf">As for <see cref="Apply"/>.</param>
    /// <returns>The network; why there is none.</returns>
    public static Result<Network, QuantiseError> Sketch(Network network, Func<string, LayerPrecision> precisionOf)
    {
        Result<PreparedQuantisation, QuantiseError> prepared = PreparedQuantisation.Sketch(network);
        return prepared.Succeeded ? Built(prepared.Value, precisionOf) : prepared.Error;
    }

    private static Network Built(PreparedQuantisation prepared, Func<string, LayerPrecision> precisionOf)
    {
        Network plain = prepared.Plain;
        Dictionary<string, string> floats = plain.Nodes.Where(node => precisionOf(node.Name) != LayerPrecision.Int8)
            .DistinctBy(node => node.Name).ToDictionary(node => node.Name, _ => Policy);
        ImmutableArray<string> brain = [.. prepared.Plan.Layers
            .Where(layer => precisionOf(layer.Name) == LayerPrecision.BFloat16 && HasPairs(plain, layer)).Select(layer => layer.Name)];
        return prepared.Build(floats, brain).Network;
    }

    /// <summary>True where a product of two brain floats has two channels to read: an image that comes from outside gets one of zeros.</summary>
    private static bool HasPairs(Network network, Node layer)
    {
        if (layer.Operator != "Conv")
        {
            return network.TypeOf(layer.Inputs[0]).Shape.Dimensions[^1] % 2 == 0;
        }

        long channels = network.TypeOf(layer.Inputs[0]).Shape.Dimensions[1];
        long groups = layer.Attributes.Int("group", 1);
        return groups == channels || channels / groups % 2 == 0 || network.Inputs.Any(input => input.Name == layer.Inputs[0]);
    }
}
