using Attune.Tuning.Options;

namespace Attune.Tuning.Bted;

/// <summary>
/// Parameters of the BTED initial set (DATE 2021, algorithm 2). The defaults cost a tenth of the paper's, which matters when a candidate takes milliseconds
/// rather than a second; <see cref="Paper"/> has the paper's.
/// </summary>
public sealed record BtedOptions
{
    /// <summary>B = 10 batches of M = 500 points, m = 64 picks.</summary>
    public static readonly BtedOptions Paper = new() { Batches = 10, PointsPerPick = 500, MinPicks = 64 };

    /// <summary>Batches of random points, each thinned on its own before the union is thinned again (B). Range 1 to 100. Default 4.</summary>
    public int Batches { get; init; } = 4;

    /// <summary>Points per batch at most (M). Range 2 to 2000; cost grows with its square. Default 500.</summary>
    public int BatchSize { get; init; } = 500;

    /// <summary>Points per batch for every pick, up to <see cref="BatchSize"/>. Range 2 to 2000. Default 8.</summary>
    public int PointsPerPick { get; init; } = 8;

    /// <summary>
    /// Picks to design for even when fewer are measured, since a design for very few takes the extremes of the space. Range 1 to 2000. Default 32.
    /// </summary>
    public int MinPicks { get; init; } = 32;

    /// <summary>Ridge of the design (mu), above 0. Default 0.1, the paper's.</summary>
    public double Ridge { get; init; } = 0.1;

    /// <summary>The options by name, with their ranges.</summary>
    public static OptionTable<BtedOptions> Table { get; } = OptionTable<BtedOptions>.Empty
        .Preset("paper", _ => Paper, "BTED with the paper's sizes (DATE 2021)")
        .Integer("batches", 1, 100, o => o.Batches, (o, v) => o with { Batches = v }, "batches B of random points")
        .Integer("batch-size", 2, 2000, o => o.BatchSize, (o, v) => o with { BatchSize = v }, "points M per batch, at most; cost grows with its square")
        .Integer("points-per-pick", 2, 2000, o => o.PointsPerPick, (o, v) => o with { PointsPerPick = v }, "points per batch for every pick")
        .Integer("least-picks", 1, 2000, o => o.MinPicks, (o, v) => o with { MinPicks = v }, "picks to design for even when fewer are measured")
        .Positive("ridge", double.MaxValue, o => o.Ridge, (o, v) => o with { Ridge = v }, "ridge mu of the design");

    internal IEnumerable<string> Problems() => Table.Problems(this).Select(problem => $"Bted: {problem}");
}
