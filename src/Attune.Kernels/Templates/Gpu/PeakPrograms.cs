using Attune.Kernels.Loops;
using static Attune.Kernels.Templates.KernelBuffers;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>A kernel that does nothing but multiply and add in registers: how fast a device can be.</summary>
internal static class PeakPrograms
{
    // Chains that do not wait for each other hide the latency of one; more would not fit into the registers of a lane everywhere.
    private const int Chains = 16;
    private const int Lanes = 64;

    /// <summary>Floating-point operations of one lane in one turn of its loop, a multiply-add counted as two.</summary>
    public const int FlopsPerTurn = 2 * Chains;

    /// <summary>Reads a factor and a summand from buffer 0 and writes a number per lane to buffer 4.</summary>
    /// <param name="lanes">Lanes in all.</param>
    /// <param name="turns">How often each does all its chains once.</param>
    public static KernelSource MultiplyAdd(long lanes, int turns)
    {
        var chains = new RegisterTile("chains", Chains);
        var operands = new RegisterTile("operands", 2);
        var turn = new LoopVariable("turn");
        var (first, next, sum) = (new LoopVariable("first"), new LoopVariable("chain"), new LoopVariable("sum"));
        Value Chain(Index index) => new Read(chains, [index]);
        Value Operand(int index) => new Read(operands, [index]);
        return KernelSource.Of((ElementGrid.Program("peak", [X, Y], lanes, Lanes, at =>
        [
            new Assign(operands, [0], new Load(X, 0)),
            new Assign(operands, [1], new Load(X, 1)),
            new Loop(first, 0, Chains, 1, LoopKind.Unrolled, [new Assign(chains, [first], new Load(X, (Index)first + 2))]),
            new Loop(turn, 0, turns, 1, LoopKind.Serial,
            [
                new Loop(next, 0, Chains, 1, LoopKind.Unrolled, [new Assign(chains, [next], new MultiplyAdd(Chain(next), Operand(0), Operand(1)))]),
            ]),
            new Loop(sum, 1, Chains, 1, LoopKind.Unrolled, [new Assign(chains, [0], new Binary(BinaryOperation.Add, Chain(0), Chain(sum)))]),
            new Store(Y, at, Chain(0)),
        ]), 1));
    }

    /// <summary>Floats of buffer 0.</summary>
    public const int Inputs = 2 + Chains;
}
