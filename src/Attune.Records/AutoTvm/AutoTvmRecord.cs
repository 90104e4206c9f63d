using System.Collections.Immutable;

namespace Attune.Records.AutoTvm;

/// <summary>
/// One measured configuration of an AutoTVM log, of format 0.1 (TVM up to 0.6) or 0.2 (since 0.7). Parts that only TVM understands are kept as JSON text.
/// </summary>
public sealed record AutoTvmRecord
{
    /// <summary>Log version, 0.1 or 0.2.</summary>
    public required double Version { get; init; }

    /// <summary>Target string.</summary>
    public required string Target { get; init; }

    /// <summary>Task (template) name.</summary>
    public required string Task { get; init; }

    /// <summary>Arguments of the task as JSON text: shapes, strides, layouts.</summary>
    public required string Arguments { get; init; }

    /// <summary>Keyword arguments as JSON text.</summary>
    public string Keywords { get; init; } = "{}";

    /// <summary>Workload key as JSON text; format 0.1 only.</summary>
    public string? Workload { get; init; }

    /// <summary>Template key, for example "direct"; format 0.1 only.</summary>
    public string? Template { get; init; }

    /// <summary>Index in the space of the template at the time.</summary>
    public required long Index { get; init; }

    /// <summary>Hash of the schedule's source, or null.</summary>
    public string? CodeHash { get; init; }

    /// <summary>Knobs and their values, in order of declaration.</summary>
    public required ImmutableArray<AutoTvmEntity> Entities { get; init; }

    /// <summary>Seconds per run of every repeat kept; 1e9 when it failed.</summary>
    public required ImmutableArray<double> CostsSeconds { get; init; }

    /// <summary>0 good, 1 instantiation, 2 host compile, 3 device compile, 4 runtime, 5 wrong answer, 6 build timeout, 7 run timeout, 8 unknown.</summary>
    public required int Error { get; init; }

    /// <summary>Build and measurement together, seconds.</summary>
    public required double AllSeconds { get; init; }

    /// <summary>When it was measured, seconds since 1970.</summary>
    public required double Timestamp { get; init; }

    /// <summary>Version of TVM; format 0.2 only.</summary>
    public string? TvmVersion { get; init; }

    /// <summary>The line that it was read from, without its end; null for a record made otherwise.</summary>
    public string? Line { get; init; }

    /// <summary>How the measurement ended, in our terms.</summary>
    public Outcome Outcome => Error switch
    {
        0 => Outcome.Ok,
        1 or 2 or 3 => Outcome.CompileError,
        5 => Outcome.WrongResult,
        6 or 7 => Outcome.TimeOut,
        _ => Outcome.Crash,
    };

    /// <summary>Mean time per run, milliseconds; null unless it was timed.</summary>
    public double? TimeMs => Error == 0 && !CostsSeconds.IsEmpty && CostsSeconds.Average() is > 0 and < 1e8 and var seconds ? seconds * 1000 : null;

    /// <summary>What distinguishes the task from others of the log.</summary>
    public string TaskKey => $"{Target} {Task} {Arguments}";
}
