namespace Attune.Tuning.Search;

/// <summary>When a search ends, and how it is asked.</summary>
/// <param name="Trials">Most trials, at least 1.</param>
/// <param name="Batch">Points per ask, at least 1: models are fitted once per batch.</param>
public sealed record SearchLimits(int Trials, int Batch)
{
    /// <summary>Trials without a new best after which it ends, at least 1. Default: no limit.</summary>
    public int Patience { get; init; } = int.MaxValue;

    /// <summary>Trials, from the start, none of which worked, after which it is given up, at least 1. Default: no limit.</summary>
    public int HopelessTrials { get; init; } = int.MaxValue;
}
