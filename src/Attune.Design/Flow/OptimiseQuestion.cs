namespace Attune.Design.Flow;

/// <summary>What an optimisation looks for: the most valuable design within limits. Immutable.</summary>
public sealed record OptimiseQuestion
{
    /// <summary>Most milliseconds per inference, above 0.</summary>
    public required double BudgetMs { get; init; }

    /// <summary>Most joules per inference; null for no limit. Needs a meter.</summary>
    public double? Joules { get; init; }

    /// <summary>Most bytes in use; null for no limit.</summary>
    public long? PeakBytes { get; init; }

    /// <summary>Most bytes of weights; null for no limit.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>Designs measured before the search, where the target is new. Default 30; more are added while predictions are bad.</summary>
    public int Samples { get; init; } = 30;

    /// <summary>Candidates measured. Default 24.</summary>
    public int Candidates { get; init; } = 24;

    /// <summary>
    /// Training of the neural optimiser, which then proposes the candidates; null searches by evolution. It needs a second device in the store.
    /// </summary>
    public NeuralEffort? Neural { get; init; }

    /// <summary>Seed of samples and search.</summary>
    public int Seed { get; init; } = 1;
}
