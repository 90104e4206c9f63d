using Attune.Kernels.Loops;
using Attune.Kernels.Targets;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Tests.Loops;

public sealed class LoopVerifierTests
{
    private static readonly Buffer X = new("x", 0);
    private static readonly Buffer Y = new("y", 1);
    private static readonly LoopVariable Begin = new("begin");
    private static readonly LoopVariable End = new("end");
    private static readonly LoopVariable I = new("i");
    private static readonly LoopVariable J = new("j");
    private static readonly RegisterTile Tile = new("t", 2);
    private static readonly RegisterTile Whole = new("n", 1) { Element = DataType.Int32 };
    private static readonly Statement Copy = new Store(Y, 0, new Load(X, 0));

    /// <summary>What is wrong, a word of the finding, and the statements.</summary>
    public static TheoryData<string, string> Wrong => new()
    {
        { "a variable outside its loop", "no value" },
        { "a variable bound by one branch", "no value" },
        { "a variable bound twice", "bound twice" },
        { "a register that nobody wrote", "before it is written" },
        { "a register outside its tile", "outside its extents" },
        { "a register with too few subscripts", "subscripts" },
        { "integers in a tile of floats", "holds Float32" },
        { "integers stored as floats", "is stored there" },
        { "floats plus integers", "takes Float32 and Int32" },
        { "integers divided", "not divided" },
        { "an exponential of integers", "gives Int32" },
        { "more lanes than a vector has", "lanes of 4" },
        { "memory that is no argument", "no memory" },
        { "a loop that stands still", "step 0" },
        { "groups inside of a loop", "at the outside" },
        { "groups inside of lanes", "at the outside" },
        { "lanes behind a guard", "at the outside" },
        { "an axis taken twice", "taken" },
        { "an axis that is none", "none or taken" },
        { "groups whose number is not known", "to a constant" },
        { "a barrier without lanes", "outside of the lanes" },
        { "a barrier behind a guard of lanes", "not all lanes come" },
        { "a barrier in a loop that differs by lane", "not all lanes come" },
        { "lanes beside lanes", "more in it" },
        { "four neighbours of vectors", "lanes of one number each" },
        { "four integers at once", "no floats of 32 bits" },
        { "four registers of two", "outside its extents" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_is_wrong_is_found(string what, string finding) =>
        LoopVerifier.Verify(Program(Statements(what))).ShouldContain(
            found => found.Contains(finding), $"{what}: {string.Join("; ", LoopVerifier.Verify(Program(Statements(what))))}");

    [Fact]
    public void Each_stage_promises_more()
    {
        var unrolled = new Loop(
            I,
            0,
            2,
            1,
            LoopKind.Unrolled,
            [new Assign(Tile, [I], new Unary(UnaryOperation.Exponential, new Load(X, (Index)I * 4))), new Store(Y, (Index)I * 4, new Read(Tile, [I]))]);
        LoopProgram built = Program(unrolled);
        LoopVerifier.Verify(built).ShouldBeEmpty();
        LoopVerifier.Verify(built, LoopStage.Unrolled).ShouldContain(found => found.Contains("not unrolled"));
        LoopProgram flat = Unroller.Run(built);
        LoopVerifier.Verify(flat, LoopStage.Unrolled).ShouldBeEmpty();
        LoopVerifier.Verify(flat, LoopStage.Plain).ShouldContain(found => found.Contains("Exponential is left"));
        LoopVerifier.Verify(LoopPasses.Run(built), LoopStage.Plain).ShouldBeEmpty();
    }

    [Fact]
    public void A_register_that_only_one_iteration_writes_is_found_once_the_loop_is_unrolled()
    {
        LoopProgram program = Program(new Assign(Tile, [0], new Constant(1)), new Loop(I, 0, 2, 1, LoopKind.Unrolled, [new Store(Y, 0, new Read(Tile, [I]))]));
        LoopVerifier.Verify(program).ShouldBeEmpty();
        LoopVerifier.Verify(Unroller.Run(program), LoopStage.Unrolled).ShouldHaveSingleItem().ShouldContain("before it is written, at 1");
    }

    [Fact]
    public void Groups_keep_to_the_limits_of_their_device()
    {
        var shared = new Buffer("s", 0) { Scope = MemoryScope.Group, Extent = 300 };
        LoopProgram program = Program(new Loop(I, 0, 8, 1, LoopKind.Lane, [new Loop(J, 0, 16, 1, LoopKind.Lane, [Copy], 1)])) with { GroupMemory = [shared] };
        LoopVerifier.Verify(program, LoopStage.Built, new GroupLimits(128, 1200, 32)).ShouldBeEmpty();
        LoopVerifier.Verify(program, LoopStage.Built, new GroupLimits(127, 1199, 32)).Length.ShouldBe(2);
    }

    [Fact]
    public void Two_arguments_in_one_place_are_found() =>
        LoopVerifier.Verify(Program(Copy) with { Buffers = [X, new Buffer("other", 0)] }).ShouldContain(found => found.Contains("same position"));

    private static LoopProgram Program(params Statement[] statements) => new("sample", 4, [X, Y], Begin, End, [.. statements]);

    private static Statement[] Statements(string what)
    {
        var barrier = new GroupBarrier();
        Loop Lanes(params Statement[] body) => new(J, 0, 4, 1, LoopKind.Lane, [.. body]);
        return what switch
        {
            "a variable outside its loop" => [new Loop(I, 0, 2, 1, LoopKind.Serial, [Copy]), new Store(Y, I, new Constant(0))],
            "a variable bound by one branch" =>
                [new When(Begin, Comparison.Equal, End, [new Let(I, IndexOperation.Divide, Begin, 2)], []), new Store(Y, I, new Constant(0))],
            "a variable bound twice" => [new Loop(I, 0, 2, 1, LoopKind.Serial, [new Loop(I, 0, 2, 1, LoopKind.Serial, [Copy])])],
            "a register that nobody wrote" => [new Store(Y, 0, new Read(Tile, [0]))],
            "a register outside its tile" => [new Assign(Tile, [2], new Constant(0))],
            "a register with too few subscripts" => [new Assign(Tile, [], new Constant(0))],
            "integers in a tile of floats" => [new Assign(Tile, [0], new IntegerConstant(1))],
            "integers stored as floats" => [new Store(Y, 0, new IntegerConstant(1))],
            "floats plus integers" => [new Store(Y, 0, new Binary(BinaryOperation.Add, new Load(X, 0), new IntegerConstant(1)))],
            "integers divided" => [new Assign(Whole, [0], new Binary(BinaryOperation.Divide, new IntegerConstant(4), new IntegerConstant(2)))],
            "an exponential of integers" => [new Store(Y, 0, new Unary(UnaryOperation.Exponential, new IntegerConstant(1)))],
            "more lanes than a vector has" => [new StoreFirst(Y, 0, new Load(X, 0), 5)],
            "memory that is no argument" => [new Store(new Buffer("z", 2), 0, new Load(X, 0))],
            "a loop that stands still" => [new Loop(I, 0, 2, 0, LoopKind.Serial, [Copy])],
            "groups inside of a loop" => [new Loop(I, 0, 2, 1, LoopKind.Serial, [new Loop(J, 0, 2, 1, LoopKind.Group, [Copy])])],
            "groups inside of lanes" => [Lanes(new Loop(I, 0, 2, 1, LoopKind.Group, [Copy]))],
            "lanes behind a guard" => [new When(Begin, Comparison.Less, 3, [Lanes(Copy)], [])],
            "an axis taken twice" => [new Loop(I, 0, 2, 1, LoopKind.Group, [new Loop(J, 0, 2, 1, LoopKind.Group, [Copy])])],
            "an axis that is none" => [new Loop(I, 0, 2, 1, LoopKind.Group, [Copy], 3)],
            "groups whose number is not known" => [new Loop(I, 0, End, 1, LoopKind.Group, [Copy])],
            "a barrier without lanes" => [new Loop(I, 0, 2, 1, LoopKind.Group, [barrier])],
            "a barrier behind a guard of lanes" => [Lanes(new When(J, Comparison.Less, 2, [barrier], []))],
            "a barrier in a loop that differs by lane" => [Lanes(new Loop(I, 0, J, 1, LoopKind.Serial, [barrier]))],
            "lanes beside lanes" => [Lanes(Copy, new Loop(I, 0, 2, 1, LoopKind.Lane, [Copy], 1))],
            "four neighbours of vectors" => [new LoadFour(new RegisterTile("q", 4), [0], X, 0)],
            "four integers at once" => [new LoadFour(new RegisterTile("q", 4) { Element = DataType.Int32 }, [0], X, 0)],
            "four registers of two" => [new LoadFour(Tile, [0], X, 0)],
            _ => throw new ArgumentOutOfRangeException(nameof(what), what, "No such case."),
        };
    }
}
