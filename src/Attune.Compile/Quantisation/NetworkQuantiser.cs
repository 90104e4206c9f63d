using Attune.Devices;
using Attune.Kernels;

namespace Attune.Compile.Quantisation;

/// <summary>
/// Quantises networks of 32-bit floats after their training: weights to signed bytes with a scale per output channel, activations to unsigned bytes with a
/// scale and a zero point each, biases to 32-bit integers. The result is plain ONNX, conversions around operators on floats, which any reader of quantised
/// models takes. Inputs and outputs stay floats. Stateless.
/// </summary>
public static class NetworkQuantiser
{
    /// <summary>Oldest operator set whose conversions have a scale per channel.</summary>
    public const int OldestOpset = 13;

    /// <summary>Quantises a network.</summary>
    /// <param name="network">A network as it was read or built, before any pass.</param>
    /// <param name="samples">Typical inputs, each with a tensor for every input of the network; at least one.</param>
    /// <param name="options">Calibration; null for the defaults.</param>
    /// <returns>The network on bytes; why there is none, in a sentence.</returns>
    /// <exception cref="ArgumentException">There is no sample, or one lacks an input or has it in another type or shape.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static Result<QuantisedNetwork, string> Quantise(
        Network network, IReadOnlyList<IReadOnlyDictionary<string, Tensor>> samples, QuantiserOptions? options = null)
    {
        options = (options ?? QuantiserOptions.Default).Validated();
        Check(network, samples);
        int[] opsets = [.. network.Nodes.Where(node => !node.Operator.Contains('.')).Select(node => node.Opset).Distinct()];
        if (opsets is not [var opset] || opset < OldestOpset)
        {
            return $"Network '{network.Name}' uses operator set {string.Join(", ", opsets.Order())}; scales per channel need {OldestOpset} or newer, and one "
                + "set throughout. Export the model for a newer one.";
        }

        if (network.Nodes.FirstOrDefault(IsQuantised) is { } quantised)
        {
            return $"Network '{network.Name}' is quantised already (node '{quantised.Name}'); start from the model that it was made from.";
        }

        Network plain = PlainLayers.Of(network, opset);
        var plan = QuantisationPlan.Of(plain);
        int layers = plan.Operators.Count(index => QuantisationPlan.IsLayer(plain, plain.Nodes[index]));
        if (layers == 0)
        {
            return $"Network '{network.Name}' has no convolution or matrix product of 32-bit floats with constant weights, so there is nothing to quantise.";
        }

        if (Infinite(plain, plan) is { } infinite)
        {
            return $"Weights or bias of node '{infinite}' of network '{network.Name}' are infinite or no numbers; bytes cannot stand for that.";
        }

        Result<Dictionary<string, ValueRange>, string> ranges = Calibration.Run(plain, plan.Values, samples, options);
        return ranges.Succeeded
            ? new QuantisedNetwork(new ConversionInsertion(plain, plan, opset, ranges.Value).Run(), layers, plan.Values.Count)
            : ranges.Error;
    }

    private static bool IsQuantised(Node node) =>
        node.Operator is "QuantizeLinear" or "DequantizeLinear" or "QLinearConv" or "QLinearMatMul" or "ConvInteger" or "MatMulInteger";

    private static void Check(Network network, IReadOnlyList<IReadOnlyDictionary<string, Tensor>> samples)
    {
        if (samples.Count == 0)
        {
            throw new ArgumentException("Calibration needs at least one sample.", nameof(samples));
        }

        foreach (NetworkValue input in network.Inputs)
        {
            foreach (IReadOnlyDictionary<string, Tensor> sample in samples)
            {
                if (!sample.TryGetValue(input.Name, out Tensor? tensor) || !tensor.Type.Equals(input.Type))
                {
                    throw new ArgumentException($"A sample has no tensor of {input.Type} for the input '{input.Name}'.", nameof(samples));
                }
            }
        }
    }

    private static string? Infinite(Network network, QuantisationPlan plan) => plan.Operators
        .Select(index => network.Nodes[index])
        .FirstOrDefault(node => QuantisationPlan.IsLayer(network, node) && node.Inputs.Skip(1).Where(input => input.Length > 0)
            .Any(input => !Array.TrueForAll(network.Constants[input].Elements<float>(), float.IsFinite)))?.Name;
}
