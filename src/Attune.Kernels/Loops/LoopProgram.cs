using System.Collections.Immutable;

namespace Attune.Kernels.Loops;

/// <summary>
/// A kernel as loops over vectors: what templates build, people read, the interpreter runs and back ends compile. For a processor, a program runs work units
/// Begin (inclusive) to End (exclusive), and callers split the range among threads. For a device of groups and lanes, its outermost loops are bound to them
/// instead (<see cref="LaunchShape"/>).
/// </summary>
/// <param name="Name">Kernel name.</param>
/// <param name="Lanes">Elements per vector: 4, 8 or 16 on a processor, 1 where every lane of a group computes its own number.</param>
/// <param name="Buffers">Arguments, in position order.</param>
/// <param name="Begin">First work unit.</param>
/// <param name="End">End of the work units.</param>
/// <param name="Body">Statements.</param>
internal sealed record LoopProgram(
    string Name,
    int Lanes,
    ImmutableArray<Buffer> Buffers,
    LoopVariable Begin,
    LoopVariable End,
    ImmutableArray<Statement> Body)
{
    /// <summary>Memory that the lanes of a group share, in the order of their offsets.</summary>
    public ImmutableArray<Buffer> GroupMemory { get; init; } = [];
}
