namespace Attune.Measuring;

/// <summary>One candidate to measure, or to check without timing it.</summary>
/// <param name="Task">Key of the task (the workload as text; workers parse it).</param>
/// <param name="Index">Index of the configuration in the task's space.</param>
/// <param name="Knobs">Knob names and entity texts of the configuration.</param>
/// <param name="Threads">Threads the kernel runs on.</param>
/// <param name="BestMs">Best time so far of this task in milliseconds, or null: a clearly slower candidate is cut short against it.</param>
public sealed record MeasureRequest(string Task, long Index, IReadOnlyDictionary<string, string> Knobs, int Threads, double? BestMs)
{
    /// <summary>How often the configuration was measured or checked before, at least 0: every visit draws other inputs.</summary>
    public int Visit { get; init; }

    /// <summary>Runs whose outputs are all to be compared, over many inputs, instead of timing; 0 to time. At least 0.</summary>
    public int CheckedRuns { get; init; }

    /// <summary>Time after which fewer checked runs will do, milliseconds; above 0 with <see cref="CheckedRuns"/>.</summary>
    public double CheckedMs { get; init; }
}
