using Attune.Compile.Quantisation;
using Attune.Compile.Quantisation.Samples;

namespace Attune.Tuning.Session;

/// <summary>How a network of floats is quantised before it is tuned. Immutable.</summary>
/// <param name="Precision">What its layers become.</param>
/// <param name="Samples">Typical inputs, to calibrate and to measure on.</param>
public sealed record PrecisionOptions(QuantisePrecision Precision, SampleSet Samples)
{
    /// <summary>
    /// The loss that is allowed, a share from 0 to below 1 as in <see cref="Compile.Quantisation.Session.QuantisationCost.Loss"/>; null for the default of the
    /// precision.
    /// </summary>
    public double? AllowedLoss { get; init; }

    /// <summary>Calibration. Its threads are those of the tune.</summary>
    public QuantiserOptions Calibration { get; init; } = QuantiserOptions.Default;
}
