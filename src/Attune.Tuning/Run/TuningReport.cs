using System.Collections.Immutable;

namespace Attune.Tuning.Run;

/// <summary>What a run found.</summary>
/// <param name="Tasks">One report per task, in the order given.</param>
/// <param name="End">Why the run ended.</param>
/// <param name="Trials">Trials of all tasks, replayed ones included.</param>
/// <param name="Replayed">Trials taken over from the log.</param>
/// <param name="Elapsed">Wall-clock time of the run.</param>
/// <param name="SearchTime">Time spent fitting models and proposing points.</param>
/// <param name="MeasureTime">Time spent waiting for the measurer.</param>
public sealed record TuningReport(
    ImmutableArray<TaskReport> Tasks,
    RunEnd End,
    int Trials,
    int Replayed,
    TimeSpan Elapsed,
    TimeSpan SearchTime,
    TimeSpan MeasureTime)
{
    /// <summary>Sum over tasks of weight times default time, milliseconds; null when a default has no time.</summary>
    public double? ModelLatencyBeforeMs => Sum(task => task.DefaultMs);

    /// <summary>Sum over tasks of weight times best time, milliseconds; null when a task has none.</summary>
    public double? ModelLatencyAfterMs => Sum(task => task.BestMs);

    /// <summary>The whole message of the first candidate that failed; null when none did.</summary>
    public string? FirstFailure { get; init; }

    /// <summary>Time spent building and JIT-compiling candidates; part of <see cref="MeasureTime"/>.</summary>
    public TimeSpan CompileTime { get; init; }

    /// <summary>Share of the wall-clock time that building and JIT-compiling candidates cost, 0 to 1.</summary>
    public double CompileShare => Elapsed > TimeSpan.Zero ? CompileTime / Elapsed : 0;

    /// <summary>Share of the wall-clock time that searching cost, 0 to 1.</summary>
    public double SearchShare => Elapsed > TimeSpan.Zero ? SearchTime / Elapsed : 0;

    private double? Sum(Func<TaskReport, double?> time)
    {
        double sum = 0;
        foreach (TaskReport task in Tasks.Where(task => !task.Task.IsAlternative))
        {
            if (time(task) is not { } ms)
            {
                return null;
            }

            sum += task.Task.Weight * ms;
        }

        return sum;
    }
}
