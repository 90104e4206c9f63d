namespace Attune.Measuring;

/// <summary>One candidate to measure.</summary>
/// <param name="Task">Key of the task (the workload as text; workers parse it).</param>
/// <param name="Index">Index of the configuration in the task's space.</param>
/// <param name="Knobs">Knob names and entity texts of the configuration.</param>
/// <param name="Threads">Threads the kernel runs on.</param>
/// <param name="BestMs">Best time so far of this task in milliseconds, or null: a clearly slower candidate is cut short against it.</param>
public sealed record MeasureRequest(string Task, long Index, IReadOnlyDictionary<string, string> Knobs, int Threads, double? BestMs);
