namespace Attune.Tuning.Run;

/// <summary>What the steps of a tune's end cost, measured in the same run.</summary>
/// <param name="Compile">Compiling the model with kernels that were not compiled before.</param>
/// <param name="Run">One inference.</param>
public sealed record FinishCosts(TimeSpan Compile, TimeSpan Run)
{
    // Two inputs, the first of them twice, and some time for the comparison itself.
    private const int VerifyingRuns = 4;

    // A turn of the choice inside the model: a block to warm up and one to count.
    private static readonly TimeSpan CountedBlock = TimeSpan.FromMilliseconds(60);

    /// <summary>Compiling it again: less than the first time where what a driver compiled is kept.</summary>
    public TimeSpan Recompile { get; init; } = Compile;

    /// <summary>Timing a model in one turn of the choice inside the model.</summary>
    public TimeSpan Turn => (3 * Run) + (Run > CountedBlock ? Run : CountedBlock);

    /// <summary>
    /// Comparing the compiled model with what the reference kernels said before, and writing it. Writing passes over all weights, as packing them does when
    /// compiling.
    /// </summary>
    public TimeSpan Verify => Compile + (VerifyingRuns * Run) + Recompile;

    /// <summary>Choosing inside the model among some models, which share most of their kernels.</summary>
    /// <param name="models">Models that are compiled, at least 1.</param>
    /// <param name="rounds">Turns of each.</param>
    public TimeSpan Choosing(int models, int rounds) => Compile + ((models - 1) * Recompile) + (models * rounds * Turn);
}
