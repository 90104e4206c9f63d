namespace Attune.Tuning;

/// <summary>
/// Parameters of the BTED initial set (DATE 2021, algorithm 2). The defaults cost a tenth of the paper's, which matters when a candidate takes milliseconds rather
/// than a second; <see cref="Paper"/> has the paper's.
/// </summary>
public sealed record BtedOptions
{
    /// <summary>B = 10 batches of M = 500 points, m = 64 picks.</summary>
    public static readonly BtedOptions Paper = new() { Batches = 10, PointsPerPick = 500, LeastPicks = 64 };

    /// <summary>Batches of random points, each thinned on its own before the union is thinned again (B). Range 1 to 100. Default 4.</summary>
    public int Batches { get; init; } = 4;

    /// <summary>Points per batch at most (M). Range 2 to 2000; cost grows with its square. Default 500.</summary>
    public int BatchSize { get; init; } = 500;

    /// <summary>Points per batch for every pick, up to <see cref="BatchSize"/>. Range 2 to 2000. Default 8.</summary>
    public int PointsPerPick { get; init; } = 8;

    /// <summary>Picks to design for even when fewer are measured, since a design for very few takes the extremes of the space. Range 1 to 2000. Default 32.</summary>
    public int LeastPicks { get; init; } = 32;

    /// <summary>Ridge of the design (mu), above 0. Default 0.1, the paper's.</summary>
    public double Ridge { get; init; } = 0.1;

    internal IEnumerable<string> Problems()
    {
        if (Batches is < 1 or > 100)
        {
            yield return $"Bted.Batches {Batches} is not in 1..100";
        }

        if (BatchSize is < 2 or > 2000 || PointsPerPick is < 2 or > 2000 || LeastPicks is < 1 or > 2000)
        {
            yield return $"Bted.BatchSize {BatchSize}, Bted.PointsPerPick {PointsPerPick} and Bted.LeastPicks {LeastPicks} must be in 2..2000 (the last from 1)";
        }

        if (!(Ridge > 0))
        {
            yield return $"Bted.Ridge {Ridge} is not above 0";
        }
    }
}
