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
    public static KernelSource Of((LoopProgram Program, int Units) phase) => new([phase], 0, 0);
}
