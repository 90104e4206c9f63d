using System.Collections.Immutable;

namespace Attune.Bench.Fuzz.Campaign;

/// <summary>What a campaign tries.</summary>
internal sealed record FuzzOptions
{
    /// <summary>Graphs. At least 1.</summary>
    public long Graphs { get; init; } = 1000;

    /// <summary>Seed: graphs are functions of it and their number.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Number of the first graph. At least 0.</summary>
    public long Start { get; init; }

    /// <summary>Vector widths: 16, 8, 4.</summary>
    public ImmutableArray<int> Lanes { get; init; } = [16, 8, 4];

    /// <summary>Processes at the same time. At least 1.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>Folder for a test of each difference, or null.</summary>
    public string? Write { get; init; }

    /// <summary>Everything that is wrong with these options; empty when nothing is.</summary>
    public ImmutableArray<string> Problems() =>
    [
        .. Check(Graphs >= 1, "--graphs must be at least 1"),
        .. Check(Start >= 0, "--start must be at least 0"),
        .. Check(!Lanes.IsEmpty && Lanes.All(width => width is 4 or 8 or 16), "--lanes takes 16, 8 and 4, separated by commas"),
        .. Check(Jobs >= 1, "--jobs must be at least 1"),
    ];

    private static IEnumerable<string> Check(bool holds, string otherwise) => holds ? [] : [otherwise];
}
