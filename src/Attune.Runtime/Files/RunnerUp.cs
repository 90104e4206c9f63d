namespace Attune.Runtime;

/// <summary>The second best configuration of a task.</summary>
/// <param name="Knobs">Knob names and entity texts.</param>
/// <param name="MedianMs">Its measured median, milliseconds.</param>
public sealed record RunnerUp(IReadOnlyDictionary<string, string> Knobs, double MedianMs);
