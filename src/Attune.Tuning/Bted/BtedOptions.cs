namespace Attune.Tuning;

/// <summary>Parameters of the BTED initial set (DATE 2021, algorithm 2).</summary>
public sealed record BtedOptions
{
    /// <summary>Batches of random points, each thinned on its own before the union is thinned again (B). Range 1 to 100. Default 10, the paper's.</summary>
    public int Batches { get; init; } = 10;

    /// <summary>Points per batch (M). Range 2 to 2000; cost grows with its square. Default 500, the paper's; small initial sets use eight points per pick.</summary>
    public int BatchSize { get; init; } = 500;

    /// <summary>Points to design for, though fewer may be measured: the order of picking is what a small set profits from. Range 1 to 2000. Default 32.</summary>
    public int LeastPicks { get; init; } = 32;

    /// <summary>x</summary>
    public int PointsPerPick { get; init; } = 8;

    /// <summary>Ridge of the design (mu), above 0. Default 0.1, the paper's.</summary>
    public double Ridge { get; init; } = 0.1;

    internal IEnumerable<string> Problems()
    {
        if (Batches is < 1 or > 100)
        {
            yield return $"Bted.Batches {Batches} is not in 1..100";
        }

        if (BatchSize is < 2 or > 2000)
        {
            yield return $"Bted.BatchSize {BatchSize} is not in 2..2000";
        }

        if (!(Ridge > 0))
        {
            yield return $"Bted.Ridge {Ridge} is not above 0";
        }
    }
}
