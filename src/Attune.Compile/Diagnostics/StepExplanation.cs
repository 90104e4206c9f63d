using System.Collections.Immutable;
using Attune.Runtime;

namespace Attune.Compile.Diagnostics;

/// <summary>One step of a model: what it does, how long it takes, what was chosen for it.</summary>
/// <param name="Index">Position in order of execution.</param>
/// <param name="Layer">Node name.</param>
/// <param name="Operation">What the step does.</param>
/// <param name="Title">Short description with sizes.</param>
/// <param name="Ms">Median time inside the model, milliseconds.</param>
/// <param name="Share">Share of the model's time, 0 to 1.</param>
/// <param name="Gflops">Billions of operations per second reached.</param>
/// <param name="RooflineShare">
/// Shortest time that memory and arithmetic units would allow a direct computation, divided by the time; above 1 where multiplications are saved or caches
/// supply the data.
/// </param>
/// <param name="ExecutedRooflineShare">The same for the multiplications really executed.</param>
/// <param name="Algorithm">How it is computed, or null for steps without multiplications.</param>
/// <param name="Task">Key of its task, or null when the step is not searched.</param>
/// <param name="Configuration">Knobs of the chosen configuration, or null.</param>
/// <param name="Source">Where the configuration comes from, or null.</param>
/// <param name="MeasuredMs">
/// Time of the configuration when it was tuned, milliseconds: inside the model when it was chosen there, else alone; null when it was not timed.
/// </param>
/// <param name="RunnerUpMs">Time of the second best, taken the same way, milliseconds; null when there is none.</param>
/// <param name="RunnerUp">Knobs in which the second best differs; null when there is none.</param>
public sealed record StepExplanation(
    int Index,
    string Layer,
    string Operation,
    string Title,
    double Ms,
    double Share,
    double Gflops,
    double RooflineShare,
    double ExecutedRooflineShare,
    string? Algorithm,
    string? Task,
    string? Configuration,
    ConfigurationSource? Source,
    double? MeasuredMs,
    double? RunnerUpMs,
    string? RunnerUp)
{
    /// <summary>How much slower the whole model is to be expected with the second best, milliseconds; null when it was measured alone only.</summary>
    public double? RunnerUpAddedMs { get; init; }

    /// <summary>What was fused into the step, as names of fusions; empty for nothing.</summary>
    public ImmutableArray<string> Fused { get; init; } = [];
}
