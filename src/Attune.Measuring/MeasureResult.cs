using System.Collections.Immutable;
using Attune.Records;

namespace Attune.Measuring;

/// <summary>What measuring one candidate gave.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="TimesMs">Every repeat's time per run, milliseconds, in order; empty unless it was timed.</param>
/// <param name="MedianMs">Median of the repeats, milliseconds; positive infinity unless it was timed.</param>
/// <param name="CompileMs">Time to build and JIT the kernel, milliseconds.</param>
/// <param name="CalibrationMs">Time of the calibration kernel nearest to this measurement, milliseconds; 0 when unknown.</param>
/// <param name="Message">What went wrong, or null.</param>
public sealed record MeasureResult(
    Outcome Outcome,
    ImmutableArray<double> TimesMs,
    double MedianMs,
    double CompileMs,
    double CalibrationMs,
    string? Message)
{
    /// <summary>Runs whose whole output was compared with the reference, at least 0.</summary>
    public int CheckedRuns { get; init; }

    /// <summary>A candidate that was never timed.</summary>
    public static MeasureResult Failed(Outcome outcome, string message, double compileMs = 0) =>
        new(outcome, [], double.PositiveInfinity, compileMs, 0, message);
}
