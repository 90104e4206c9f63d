using System.Collections.Immutable;

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

    /// <summary>
    /// Whether what rounding makes of the average of every channel, over the samples, goes into the layer's bias. Default: yes. Products of more than two axes
    /// have no bias and stay as they are.
    /// </summary>
    public bool CorrectBias { get; init; } = true;

    /// <summary>
    /// Whether channels between two layers are scaled so that their weights have alike ranges in both, where that makes the error against floats smaller on
    /// the samples. Default: yes.
    /// </summary>
    public bool Equalise { get; init; } = true;

    /// <summary>Names of nodes that stay in floats. Default: none.</summary>
    public ImmutableArray<string> Excluded { get; init; } = [];

    /// <summary>The same options, once they are known to make sense.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One does not.</exception>
    internal QuantiserOptions Validated()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads, 1);
        if (!IsPercentile(Percentile))
        {
            throw new ArgumentOutOfRangeException(nameof(Percentile), Percentile, "A percentile is above 50 and at most 100.");
        }

        return this;
    }

    /// <summary>True for what <see cref="Percentile"/> may be.</summary>
    /// <param name="value">A percentage.</param>
    public static bool IsPercentile(double value) => value is > 50 and <= 100;
}
