using Attune.Kernels;

namespace Attune.Measuring.Models;

/// <summary>How far the outputs of a whole model may be from those of the reference kernels, relative to the largest magnitude of an output.</summary>
public static class ModelTolerance
{
    // Sixteen times the rounding error of one weight: errors of layers add up like random steps, and the largest of many outputs is several deviations out.
    private const double AllowedErrors = 16;
    private const double PlainTolerance = 1e-4;

    /// <summary>The error that is allowed when nobody says otherwise, above 0.</summary>
    /// <param name="format">The narrowest format of the model's weights, where the reference has 32-bit floats.</param>
    public static double Of(WeightFormat format) => format == WeightFormat.F32 ? PlainTolerance : AllowedErrors * WeightFormats.RoundingError(format);

    /// <summary>
    /// The error that is allowed when nobody says otherwise, above 0. Where activations are rounded to bytes, sums that differ in their last digits come out
    /// one byte apart now and then, and what follows differs by that: sixteen times half a step of 255 is allowed. Activations that are rounded to brain floats
    /// have errors of half a unit in the last of eight binary digits.
    /// </summary>
    /// <param name="format">The narrowest format of the model's weights, where the reference has 32-bit floats.</param>
    /// <param name="network">The network as it was read.</param>
    public static double Of(WeightFormat format, Network network) =>
        Math.Max(
            Of(format),
            AllowedErrors * network.Nodes.Select(node => RoundsActivations(node) ? 0.5 / byte.MaxValue : RoundsToBrainFloats(node) ? 1.0 / 512 : 0)
                .DefaultIfEmpty().Max());

    /// <summary>True for an operator whose result is rounded to brain floats.</summary>
    /// <param name="node">The node.</param>
    public static bool RoundsToBrainFloats(Node node) => node.Operator == "Cast" && node.Attributes.Int("to", 0) == (long)DataType.BFloat16;

    /// <summary>True for an operator whose result is rounded to integers of few bits, in ONNX's own domain or another.</summary>
    /// <param name="node">The node.</param>
    public static bool RoundsActivations(Node node)
    {
        string name = node.Operator[(node.Operator.LastIndexOf('.') + 1)..];
        return name is "QuantizeLinear" or "DynamicQuantizeLinear" or "QGemm" || name.StartsWith("QLinear", StringComparison.Ordinal);
    }
}
