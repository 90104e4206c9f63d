using System.Collections.Immutable;
using Attune.Compile.Quantisation.Mixed;

namespace Attune.Compile.Quantisation.Session;

/// <summary>A network on bytes that was measured.</summary>
/// <param name="Quantised">The network.</param>
/// <param name="Cost">What it costs.</param>
/// <param name="Report">How it came to be within a budget; null without one.</param>
internal sealed record BudgetedNetwork(QuantisedNetwork Quantised, QuantisationCost Cost, BudgetReport? Report)
{
    /// <summary>How precisions were chosen; null where bytes were wanted throughout.</summary>
    public MixedReport? Mixed { get; init; }

    /// <summary>Names of the layers that multiply brain floats.</summary>
    public ImmutableArray<string> BrainLayers { get; init; } = [];

    /// <summary>True when the caller cancelled and something within the budget had been found.</summary>
    public bool IsInterrupted { get; init; }
}
