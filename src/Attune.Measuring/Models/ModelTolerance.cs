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
}
