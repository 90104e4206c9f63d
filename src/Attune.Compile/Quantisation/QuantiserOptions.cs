namespace Attune.Compile.Quantisation;

/// <summary>How a network is quantised.</summary>
public sealed record QuantiserOptions
{
    /// <summary>The defaults.</summary>
    public static readonly QuantiserOptions Default = new();

    /// <summary>How ranges follow from calibration. Default: min-max.</summary>
    public CalibrationMethod Method { get; init; } = CalibrationMethod.MinMax;

    /// <summary>Percentage of numbers below the upper end of a range, and above its lower end; above 50, at most 100. Default 99.99.</summary>
    public double Percentile { get; init; } = 99.99;

    /// <summary>Threads that calibration runs on, at least 1. Default 1.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>The same options, once they are known to make sense.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One does not.</exception>
    internal QuantiserOptions Validated()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads, 1);
        if (!(Percentile is > 50 and <= 100))
        {
            throw new ArgumentOutOfRangeException(nameof(Percentile), Percentile, "A percentile is above 50 and at most 100.");
        }

        return this;
    }
}
