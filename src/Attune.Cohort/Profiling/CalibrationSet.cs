using System.Collections.Immutable;

namespace Attune.Cohort.Profiling;

/// <summary>Inputs on which the accuracy of variants is measured.</summary>
/// <param name="Inputs">Elements of the network's input, row-major, one array for each sample; at least one.</param>
/// <param name="Labels">
/// Right answers, one for each sample, or for each row of each sample where the network answers in rows; empty when nobody knows, and the exact network's
/// answers count as right.
/// </param>
/// <param name="IsRandom">True when the inputs are random numbers, which say little about real ones: to be told wherever the result is shown.</param>
public sealed record CalibrationSet(ImmutableArray<float[]> Inputs, ImmutableArray<int> Labels, bool IsRandom)
{
    /// <summary>Where the answers come from, for reports.</summary>
    public string Description =>
        $"{Inputs.Length} {(IsRandom ? "random" : Labels.IsEmpty ? "unlabelled" : "labelled")} input{(Inputs.Length == 1 ? string.Empty : "s")}";
}
