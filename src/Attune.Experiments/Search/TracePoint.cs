using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using Attune.Records;

namespace Attune.Experiments.Search;

/// <summary>One trial of a search.</summary>
/// <param name="Index">Index of the configuration.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="TimeMs">Time per run, milliseconds; null unless timed.</param>
/// <param name="CostMs">What compiling and measuring it takes, milliseconds.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TracePoint(
    [property: JsonPropertyName("i")] long Index,
    [property: JsonPropertyName("o")] Outcome Outcome,
    [property: JsonPropertyName("t")] double? TimeMs,
    [property: JsonPropertyName("c")] double CostMs)
{
    /// <summary>True when the configuration may be the best: correct and timed to the end.</summary>
    [JsonIgnore]
    public bool CanBeBest => Outcome == Outcome.Ok && TimeMs > 0;
}
