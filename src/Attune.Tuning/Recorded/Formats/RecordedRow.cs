using System.Collections.Immutable;
using Attune.Records;

namespace Attune.Tuning.Recorded.Formats;

/// <summary>One recorded configuration.</summary>
/// <param name="Labels">Text of every knob's value.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="TimeMs">Time per run, milliseconds; 0 unless it was timed.</param>
/// <param name="TimeSdMs">Standard deviation over runs, milliseconds; 0 when unknown.</param>
/// <param name="CompileMs">What compiling cost, milliseconds.</param>
/// <param name="BenchmarkMs">What running cost, milliseconds.</param>
/// <param name="Features">Recorded features beside the knobs; empty for none.</param>
internal sealed record RecordedRow(
    ImmutableArray<string> Labels,
    Outcome Outcome,
    double TimeMs,
    double TimeSdMs,
    double CompileMs,
    double BenchmarkMs,
    ImmutableArray<double> Features);
