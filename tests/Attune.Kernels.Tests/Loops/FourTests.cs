using Attune.Kernels.Loops;
using Attune.Kernels.Sources;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Tests.Loops;

/// <summary>Four neighbours at once: what moves, where it may lie, and that a program which may reach another place is found.</summary>
public sealed class FourTests
{
    private static readonly Buffer X = new("x", 0);
    private static readonly Buffer Y = new("y", 1);
    private static readonly RegisterTile Tile = new("q", 8);
    private static readonly LoopVariable I = new("i");
    private static readonly LoopVariable J = new("j");

    [Fact]
    public void Four_numbers_go_through_registers_in_their_order()
    {
        float[] y = new float[12];
        LoopProgram program = Program(new LoadFour(Tile, [4], X, 4), new StoreFour(Y, 8, Tile, [4]));
        LoopVerifier.Verify(program).ShouldBeEmpty();
        Interpreter.Run(LoopPasses.Run(program), [[.. Enumerable.Range(0, 8).Select(i => (float)i)], y]);
        y.ShouldBe([0, 0, 0, 0, 0, 0, 0, 0, 4, 5, 6, 7]);
    }

    [Fact]
    public void Lanes_that_store_into_each_others_four_are_found()
    {
        LoopProgram program = Program(
            new Loop(I, 0, 2, 1, LoopKind.Lane, [new LoadFour(Tile, [0], X, 0), new StoreFour(Y, 0, Tile, [0])]));
        Should.Throw<InvalidOperationException>(() => Interpreter.Run(program, [new float[4], new float[4]])).Message.ShouldContain("nothing orders them");
    }

    [Fact]
    public void A_place_that_is_no_multiple_of_four_is_found_when_it_is_used() =>
        Should.Throw<InvalidOperationException>(() => Interpreter.Run(Program(new LoadFour(Tile, [0], X, 2)), [new float[8], []]))
            .Message.ShouldContain("'x' are used from 2 on");

    /// <summary>How a place is computed, and whether it is always a multiple of four.</summary>
    public static TheoryData<string, bool> Places => new()
    {
        { "a multiple of a number", true },
        { "a number", false },
        { "a multiple and a rest", false },
        { "the lesser of two multiples", true },
        { "the lesser of a multiple and another number", false },
        { "a remainder by a multiple", true },
        { "a remainder by another number", false },
        { "a quotient", false },
        { "a loop in steps of four", true },
        { "a loop in steps of four from one on", false },
    };

    [Theory]
    [MemberData(nameof(Places))]
    public void Places_are_proved_to_be_multiples_of_four(string what, bool proved) =>
        (LoopVerifier.Verify(Program(new Loop(I, 0, 2, 1, LoopKind.Lane, [.. At(what)]))) is []).ShouldBe(proved, what);

    [Fact]
    public void A_kernel_says_which_of_its_arguments_are_aligned()
    {
        SourceKernel printed = SourcePrinter.Print(
            Program(new Loop(I, 0, 2, 1, LoopKind.Lane, [new LoadFour(Tile, [0], X, (Index)I * 4), new Store(Y, I, new Read(Tile, [1]))])), "kernel", 1);
        printed.Aligned.ShouldBe([X.Position]);
        printed.RequireAligned(X.Position, 32);
        printed.RequireAligned(Y.Position, 4);
        Should.Throw<ArgumentException>(() => printed.RequireAligned(X.Position, 8)).Message.ShouldContain("begins at byte 8: no multiple of 16");
    }

    private static IEnumerable<Statement> At(string what)
    {
        Statement Load(Index at) => new LoadFour(Tile, [0], X, at);
        Statement[] Bound(IndexOperation operation, Index left, Index right) => [new Let(J, operation, left, right), Load(J)];
        Index four = (Index)I * 4;
        return what switch
        {
            "a multiple of a number" => [Load(four + 8)],
            "a number" => [Load(I)],
            "a multiple and a rest" => [Load(four + 2)],
            "the lesser of two multiples" => Bound(IndexOperation.Minimum, four, 16),
            "the lesser of a multiple and another number" => Bound(IndexOperation.Minimum, four, 15),
            "a remainder by a multiple" => Bound(IndexOperation.Remainder, four, 12),
            "a remainder by another number" => Bound(IndexOperation.Remainder, four, 6),
            "a quotient" => Bound(IndexOperation.Divide, four, 4),
            "a loop in steps of four" => [new Loop(J, 0, 8, 4, LoopKind.Serial, [Load(J)])],
            "a loop in steps of four from one on" => [new Loop(J, 1, 8, 4, LoopKind.Serial, [Load(J)])],
            _ => throw new ArgumentOutOfRangeException(nameof(what), what, "No such case."),
        };
    }

    private static LoopProgram Program(params Statement[] statements) =>
        new("sample", 1, [X, Y], new LoopVariable("begin"), new LoopVariable("end"), [.. statements]);
}
