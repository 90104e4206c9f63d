using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Attune.Compile.Quantisation;
using Attune.Kernels;
using Attune.Runtime.Files.Json;
using Attune.Runtime.Files.Weights;

namespace Attune.Tuning.Session;

/// <summary>Tells apart what the choice of precisions depends on: network, samples, options, device and threads. Stateless.</summary>
internal static class QuantisedNetworkKey
{
    /// <summary>SHA-256 of all of it, lower-case hexadecimal.</summary>
    /// <param name="network">The network of floats.</param>
    /// <param name="precision">How it is quantised.</param>
    /// <param name="options">How it is tuned.</param>
    public static string Of(Network network, PrecisionOptions precision, TuneOptions options)
    {
        var layout = new WeightLayout();
        byte[] text = NetworkJsonWriter.Write(network, layout);
        foreach (IReadOnlyDictionary<string, Tensor> sample in precision.Samples.Inputs)
        {
            foreach (Tensor tensor in network.Inputs.Select(input => sample[input.Name]))
            {
                layout.Add(tensor.Data, (long)tensor.Count * NetworkJsonWriter.ElementBytes(tensor.Element));
            }
        }

        // What a processor without brain floats chose is worth searching again on one that has them.
        string offered = precision.Precision == QuantisePrecision.Mixed && options.Target.MultipliesHalves ? " bf16" : string.Empty;
        string settings = string.Create(
            CultureInfo.InvariantCulture,
            $"{precision.Precision} {precision.AllowedLoss:R} {precision.Calibration.Method} {precision.Calibration.Percentile:R} "
                + $"{precision.Calibration.CorrectBias} {precision.Calibration.Equalise} {options.Device.Id} {options.Threads}{offered}");
        string[] parts =
        [
            .. WeightTransfer.Hash(text), .. WeightTransfer.Hash(layout), settings, string.Join(' ', precision.Samples.Labels),
            .. precision.Calibration.Excluded,
        ];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))));
    }
}
