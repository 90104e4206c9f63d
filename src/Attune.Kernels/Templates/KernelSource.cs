using System.Collections.Immutable;
using Attune.Kernels.Loops;

namespace Attune.Kernels.Templates;

/// <summary>
/// What a template makes: loop programs to be run one after the other with a barrier between, and the memory they need besides their operands.
/// </summary>
/// <param name="Phases">Programs and their work units.</param>
/// <param name="SharedFloats">Workspace that all threads share, floats.</param>
/// <param name="ScratchFloats">Scratch of each thread, floats.</param>
internal sealed record KernelSource(ImmutableArray<(LoopProgram Program, int Units)> Phases, long SharedFloats, long ScratchFloats)
{
    /// <summary>
    /// Rounds of kernels whose work goes from state to state: the units of every phase are as many for each round, one round behind the other, and all phases
    /// of a round are run, with a barrier after each, before the next round begins.
    /// </summary>
    public int Rounds { get; init; } = 1;

    public static KernelSource Of((LoopProgram Program, int Units) phase) => new([phase], 0, 0);
}
