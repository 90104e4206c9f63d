namespace Attune.Compile.Quantisation;

/// <summary>How the range of real numbers that bytes are to stand for follows from the numbers seen in calibration. Every range holds zero.</summary>
public enum CalibrationMethod
{
    /// <summary>From the least to the greatest number seen.</summary>
    MinMax,

    /// <summary>Without the outermost numbers on either side, as many as <see cref="QuantiserOptions.Percentile"/> leaves.</summary>
    Percentile,

    /// <summary>The range, at most that of all numbers, with the least mean square of what rounding and saturation change.</summary>
    MeanSquareError,
}
