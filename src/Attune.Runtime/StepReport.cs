using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Runtime;

/// <summary>One step of a compiled model, for people.</summary>
/// <param name="Name">Node name, or what a conversion converts.</param>
/// <param name="Operation">What the step does, for example Convolution.</param>
/// <param name="Title">Short description with sizes.</param>
/// <param name="TaskKey">Task whose configuration the step runs, or null when it is not searched.</param>
/// <param name="Configuration">Knobs of the configuration, or null.</param>
/// <param name="Source">Where the configuration comes from, or null.</param>
/// <param name="Flops">Floating-point operations.</param>
/// <param name="Bytes">Bytes read and written at least once: activations and weights.</param>
public sealed record StepReport(
    string Name,
    string Operation,
    string Title,
    string? TaskKey,
    string? Configuration,
    ConfigurationSource? Source,
    long Flops,
    long Bytes)
{
    /// <summary>How it is computed, for example winograd4; null for steps without multiplications.</summary>
    public string? Algorithm { get; init; }

    /// <summary>Floating-point operations of the multiplications that the algorithm really executes; below <see cref="Flops"/> where it saves some.</summary>
    public long ExecutedFlops { get; init; } = Flops;

    /// <summary>How many times the operations of a multiply-add of floats one instruction does: 4 where bytes are multiplied in fours.</summary>
    public int OperationsAtOnce { get; init; } = 1;

    /// <summary>Work units of each phase, which are split evenly among the threads; 0 where a phase is not cut into units.</summary>
    public ImmutableArray<int> WorkUnits { get; init; } = [];

    /// <summary>What was fused into the step besides its own operator, as names of <see cref="Fusions"/>; empty for nothing.</summary>
    public ImmutableArray<string> Fused { get; init; } = [];
}
