namespace Attune.Runtime;

/// <summary>The configuration chosen for one task.</summary>
/// <param name="Task">Key of the task.</param>
/// <param name="Knobs">Knob names and entity texts.</param>
/// <param name="MedianMs">Its measured median, milliseconds; null when it was not measured.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="RunnerUp">The second best that was measured; null when there is none.</param>
public sealed record TunedConfiguration(
    string Task,
    IReadOnlyDictionary<string, string> Knobs,
    double? MedianMs,
    ConfigurationSource Source,
    RunnerUp? RunnerUp);
