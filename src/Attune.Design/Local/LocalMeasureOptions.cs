namespace Attune.Design.Local;

/// <summary>
/// How designs are timed on this machine. Models of a batch are visited in turns, in a new random order each round, so that a disturbance hits all alike; a
/// design's latency is the least of its visits' medians. An anchor design runs in every batch: where it is slower than usual, the batch is visited again, and
/// what remains is divided out.
/// </summary>
public sealed record LocalMeasureOptions
{
    /// <summary>Visits of every model, 1 to 1000. Default 7.</summary>
    public int Visits { get; init; } = 7;

    /// <summary>Length of a visit, milliseconds, above 0 to 10,000. Default 25; short models run often in it, long ones at least three times.</summary>
    public double VisitMs { get; init; } = 25;

    /// <summary>Models of a batch, 1 to 64. Default 8.</summary>
    public int BatchModels { get; init; } = 8;

    /// <summary>Bytes of weights that models of a batch may have together, above 0. Default 512 MiB.</summary>
    public long BatchBytes { get; init; } = 512L << 20;

    /// <summary>Longest inference, milliseconds, above 0; a design that takes longer has no latency. Default 10,000.</summary>
    public double LimitMs { get; init; } = 10_000;

    /// <summary>How much slower than usual the anchor may be before a batch is visited again, above 0 to 1. Default 0.02.</summary>
    public double DriftTolerance { get; init; } = 0.02;

    /// <summary>How often a batch is visited again, 0 to 10. Default 2.</summary>
    public int Repeats { get; init; } = 2;

    /// <summary>Seed of the orders of visits and of the inputs.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Checks all ranges at once.</summary>
    /// <exception cref="ArgumentException">Options are out of range; the message lists every one.</exception>
    public LocalMeasureOptions Validated()
    {
        var problems = new List<string>();
        Require(Visits is >= 1 and <= 1000, $"Visits {Visits} is not in 1..1000");
        Require(VisitMs is > 0 and <= 10_000, $"VisitMs {VisitMs} is not above 0, at most 10,000");
        Require(BatchModels is >= 1 and <= 64, $"BatchModels {BatchModels} is not in 1..64");
        Require(BatchBytes > 0, $"BatchBytes {BatchBytes} is not above 0");
        Require(LimitMs > 0, $"LimitMs {LimitMs} is not above 0");
        Require(DriftTolerance is > 0 and <= 1, $"DriftTolerance {DriftTolerance} is not above 0, at most 1");
        Require(Repeats is >= 0 and <= 10, $"Repeats {Repeats} is not in 0..10");
        return problems.Count == 0 ? this : throw new ArgumentException($"Measuring designs: {string.Join("; ", problems)}.");

        void Require(bool holds, string otherwise)
        {
            if (!holds)
            {
                problems.Add(otherwise);
            }
        }
    }
}
