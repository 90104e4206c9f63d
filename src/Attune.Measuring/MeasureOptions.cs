namespace Attune.Measuring;

/// <summary>
/// How a candidate is timed: warm up, choose how many runs make one repeat, repeat until the median is known well enough or the candidate clearly loses.
/// The defaults spend about 25 ms on a small kernel. Immutable; <see cref="Validate"/> once at the edge.
/// </summary>
public sealed record MeasureOptions
{
    /// <summary>The default protocol.</summary>
    public static readonly MeasureOptions Default = new();

    /// <summary>Runs per repeat; 0 chooses as many as fill <see cref="MinRepeatMs"/>. Default 0; range 0 to 1,000,000.</summary>
    public int Number { get; init; }

    /// <summary>Fewest repeats of a candidate that is not cut short. Default 3; range 1 to 1000. The median of fewer than 3 has no spread.</summary>
    public int MinRepeats { get; init; } = 3;

    /// <summary>Most repeats. Default 12; range <see cref="MinRepeats"/> to 1000.</summary>
    public int MaxRepeats { get; init; } = 12;

    /// <summary>
    /// Shortest repeat, milliseconds: shorter ones drown in the clock's and the scheduler's noise. Default 3; range above 0 to 10,000. Ignored with a fixed
    /// <see cref="Number"/>.
    /// </summary>
    public double MinRepeatMs { get; init; } = 3;

    /// <summary>Time for all repeats, milliseconds, once <see cref="MinRepeats"/> are done. Default 25; range 0 to 600,000.</summary>
    public double BudgetMs { get; init; } = 25;

    /// <summary>Wanted half width of the median's 95 % interval, relative to the median. Default 0.02; range above 0 to 1.</summary>
    public double Precision { get; init; } = 0.02;

    /// <summary>A candidate whose first warm run is slower than the best by this factor is cut short. Default 3; range above 1.</summary>
    public double CutFactor { get; init; } = 3;

    /// <summary>
    /// A candidate whose median, less two standard errors, is slower than the best by this factor is cut short (the futility rule), and a timed candidate
    /// slower than this is not verified, since it cannot become best. Default 1.25; range above 1.
    /// </summary>
    public double FutilityFactor { get; init; } = 1.25;

    /// <summary>Age at which the calibration kernel is timed again, milliseconds. Default 3000; range 0 and above.</summary>
    public double CalibrateEveryMs { get; init; } = 3000;

    /// <summary>Checks all ranges at once.</summary>
    /// <exception cref="ArgumentException">Options are out of range; the message lists every one.</exception>
    public MeasureOptions Validate()
    {
        var problems = new List<string>();
        Check(Number is >= 0 and <= 1_000_000, nameof(Number), Number, "0 to 1,000,000");
        Check(MinRepeats is >= 1 and <= 1000, nameof(MinRepeats), MinRepeats, "1 to 1000");
        Check(MaxRepeats >= MinRepeats && MaxRepeats <= 1000, nameof(MaxRepeats), MaxRepeats, $"{MinRepeats} to 1000");
        Check(MinRepeatMs is > 0 and <= 10_000, nameof(MinRepeatMs), MinRepeatMs, "above 0 to 10,000 ms");
        Check(BudgetMs is >= 0 and <= 600_000, nameof(BudgetMs), BudgetMs, "0 to 600,000 ms");
        Check(Precision is > 0 and <= 1, nameof(Precision), Precision, "above 0 to 1");
        Check(CutFactor > 1 && double.IsFinite(CutFactor), nameof(CutFactor), CutFactor, "above 1");
        Check(FutilityFactor > 1 && double.IsFinite(FutilityFactor), nameof(FutilityFactor), FutilityFactor, "above 1");
        Check(CalibrateEveryMs >= 0, nameof(CalibrateEveryMs), CalibrateEveryMs, "0 ms and above");
        return problems.Count == 0 ? this : throw new ArgumentException("Measuring cannot work with " + string.Join("; ", problems) + ".");

        void Check(bool valid, string name, double value, string range)
        {
            if (!valid)
            {
                problems.Add($"{name} = {value} (allowed: {range})");
            }
        }
    }
}
