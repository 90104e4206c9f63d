using Attune.Devices;
using Attune.Kernels;

namespace Attune.Compile.Quantisation;

/// <summary>
/// Quantises networks of 32-bit floats after their training: weights to signed bytes with a scale per output channel, activations to unsigned bytes with a
/// scale and a zero point each, biases to 32-bit integers. The result is plain ONNX, conversions around operators on floats, which any reader of quantised
/// models takes. Inputs and outputs stay floats. Stateless. <see cref="Session.QuantiseSession"/> also measures what it costs.
/// </summary>
public static class NetworkQuantiser
{
    /// <summary>Oldest operator set whose conversions have a scale per channel.</summary>
    public const int OldestOpset = 13;

    /// <summary>Quantises a network.</summary>
    /// <param name="network">A network as it was read or built, before any pass.</param>
    /// <param name="samples">Typical inputs, each with a tensor for every input of the network; at least one.</param>
    /// <param name="options">Calibration; null for the defaults.</param>
    /// <returns>The network on bytes; why there is none.</returns>
    /// <exception cref="ArgumentException">There is no sample, or one lacks an input or has it in another type or shape.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static Result<QuantisedNetwork, QuantiseError> Quantise(
        Network network, IReadOnlyList<IReadOnlyDictionary<string, Tensor>> samples, QuantiserOptions? options = null)
    {
        Result<PreparedQuantisation, QuantiseError> prepared = PreparedQuantisation.Of(network, samples, options ?? QuantiserOptions.Default);
        return prepared.Succeeded ? prepared.Value.Build() : prepared.Error;
    }
}
