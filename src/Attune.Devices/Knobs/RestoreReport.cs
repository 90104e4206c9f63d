using System.Collections.Immutable;

namespace Attune.Devices.Knobs;

/// <summary>What came of putting knobs back from a restore file.</summary>
internal sealed record RestoreReport
{
    /// <summary>Nothing was there to put back.</summary>
    public static RestoreReport Nothing { get; } = new();

    /// <summary>Knobs that the system did not let be put back, each with what it said.</summary>
    public ImmutableArray<string> Refused { get; init; } = [];

    /// <summary>Lines that name no knob; they were not carried out.</summary>
    public ImmutableArray<string> Ignored { get; init; } = [];

    /// <summary>Why the file was not used at all, or could not be deleted afterwards; null when neither is so.</summary>
    public string? Problem { get; init; }

    /// <summary>True when everything that the file names is back as it was.</summary>
    public bool IsComplete => Problem is null && Refused.IsEmpty;

    /// <summary>All of it, one sentence each; empty when there is nothing to tell.</summary>
    public IEnumerable<string> Sentences =>
    [
        .. Problem is null ? Array.Empty<string>() : [Problem],
        .. Refused.Select(refusal => $"not put back: {refusal}"),
        .. Ignored.Select(line => $"not a knob, left alone: {line}"),
    ];
}
