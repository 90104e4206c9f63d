using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>Programs in which every element has a lane of its own and nothing is shared.</summary>
internal static class ElementGrid
{
    /// <summary>A program of one lane per element; lanes past the last one do nothing.</summary>
    /// <param name="name">Name.</param>
    /// <param name="buffers">Arguments.</param>
    /// <param name="count">Elements, at least 1.</param>
    /// <param name="lanes">Lanes of a group.</param>
    /// <param name="one">What is done for the element of a number.</param>
    public static LoopProgram Program(string name, ImmutableArray<Buffer> buffers, long count, int lanes, Func<Index, ImmutableArray<Statement>> one)
    {
        var (group, lane) = (new LoopVariable("block"), new LoopVariable("lane"));
        Index at = ((Index)group * lanes) + lane;
        ImmutableArray<Statement> body = one(at);
        ImmutableArray<Statement> guarded = count % lanes == 0 ? body : [new When(at, Comparison.Less, count, body, [])];
        long groups = (count + lanes - 1) / lanes;
        Statement grid = new Loop(group, 0, groups, 1, LoopKind.Group, [new Loop(lane, 0, lanes, 1, LoopKind.Lane, guarded)]);
        return new LoopProgram(name, 1, buffers, new LoopVariable("begin"), new LoopVariable("end"), [grid]);
    }
}
