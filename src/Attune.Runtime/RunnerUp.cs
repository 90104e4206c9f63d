namespace Attune.Runtime;

/// <summary>The second best configuration of a task.</summary>
/// <param name="Knobs">Knob names and entity texts.</param>
/// <param name="MedianMs">Its measured median, milliseconds.</param>
public sealed record RunnerUp(IReadOnlyDictionary<string, string> Knobs, double MedianMs)
{
    /// <summary>
    /// How much slower the whole model is to be expected with it, its neighbours adapted, milliseconds, at least 0; null when it was measured alone only.
    /// </summary>
    public double? AddedMs { get; init; }

    /// <summary>
    /// Task of the configuration when it is another one: the layer would be fused with its neighbour, or no longer be. Null for the same task.
    /// </summary>
    public string? Task { get; init; }
}
