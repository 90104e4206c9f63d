using System.Collections.Immutable;

namespace Attune.Tuning.Run;

/// <summary>What was chosen inside the model.</summary>
/// <param name="Tasks">The choice of every task, and of every pair that is fused, by key.</param>
/// <param name="FusedPairs">Keys of the pairs that run as one step.</param>
/// <param name="Ms">Measured latency of the model so, milliseconds.</param>
/// <param name="SeparateMs">Measured latency with every task's fastest alone, in the same turns where it came that far, milliseconds.</param>
/// <param name="IsExact">True when the graph of choices was solved without cutting anything off.</param>
public sealed record ModelSelection(
    IReadOnlyDictionary<string, SelectedTask> Tasks, ImmutableHashSet<string> FusedPairs, double Ms, double SeparateMs, bool IsExact)
{
    /// <summary>
    /// Measured latency with default configurations throughout, in the same turns, milliseconds; null when a task had no default among its alternatives.
    /// </summary>
    public double? DefaultMs { get; init; }
}
