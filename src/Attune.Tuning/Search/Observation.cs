using System.Runtime.InteropServices;
using Attune.Records;

namespace Attune.Tuning.Search;

/// <summary>What a searcher learns about one point.</summary>
/// <param name="Index">Index of the point in its space.</param>
/// <param name="Outcome">How measuring it ended.</param>
/// <param name="TimeMs">Time per run in milliseconds when it was timed (<see cref="Outcome.Ok"/> or <see cref="Outcome.CutShort"/>), else ignored.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Observation(long Index, Outcome Outcome, double TimeMs)
{
    /// <summary>True when there is a time to learn from.</summary>
    public bool IsTimed => Outcome is Outcome.Ok or Outcome.CutShort && TimeMs > 0 && double.IsFinite(TimeMs);
}
