using System.Collections.Immutable;

namespace Attune.Tuning.Run;

/// <summary>Times of one block.</summary>
/// <param name="Ms">Median time of a run, milliseconds.</param>
/// <param name="StepMs">Median time of every step, milliseconds; may be empty.</param>
public sealed record RunBlock(double Ms, ImmutableArray<double> StepMs);
