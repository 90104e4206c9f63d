using Attune.Kernels.Loops;
using Attune.Kernels.Targets;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Tests.Loops;

/// <summary>Programs for devices that run groups of lanes: a matrix product in tiles that the lanes of a group load together.</summary>
public sealed class GroupProgramTests
{
    private const int Tile = 4;
    private static readonly Buffer A = new("a", 0);
    private static readonly Buffer B = new("b", 1);
    private static readonly Buffer C = new("c", 2);

    [Theory]
    [InlineData(8, 8, 8)]
    [InlineData(7, 5, 9)]
    [InlineData(1, 1, 1)]
    public void Lanes_that_load_a_tile_together_multiply_matrices(int m, int n, int k)
    {
        LoopProgram program = Product(m, n, k);
        LoopVerifier.Verify(program).ShouldBeEmpty();
        var random = new Random(3);
        float[] a = [.. Enumerable.Range(0, m * k).Select(_ => (float)random.Next(-4, 5))];
        float[] b = [.. Enumerable.Range(0, k * n).Select(_ => (float)random.Next(-4, 5))];
        float[] c = new float[m * n];
        Interpreter.Run(LoopPasses.Run(program), [a, b, c]);
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                c[(i * n) + j].ShouldBe(Enumerable.Range(0, k).Sum(l => a[(i * k) + l] * b[(l * n) + j]));
            }
        }
    }

    [Fact]
    public void The_shape_of_the_launch_is_that_of_the_loops() =>
        LaunchShape.Of(Product(7, 5, 9)).ShouldBe(new LaunchShape(2, 2, 1, Tile, Tile, 1));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_barrier_that_is_missing_is_found_as_a_race(int missing) =>
        Should.Throw<InvalidOperationException>(
            () => Interpreter.Run(Product(8, 8, 8, missing), [new float[64], new float[64], new float[64]])).Message.ShouldContain("nothing orders them");

    [Fact]
    public void Groups_that_write_the_same_place_are_found()
    {
        var group = new LoopVariable("g");
        LoopProgram program = Program([new Loop(group, 0, 2, 1, LoopKind.Group, [new Store(C, 0, new Constant(1))])]);
        Should.Throw<InvalidOperationException>(() => Interpreter.Run(program, [[], [], new float[1]])).Message.ShouldContain("groups use c[0]");
    }

    [Fact]
    public void A_barrier_that_only_some_lanes_reach_is_found()
    {
        var lane = new LoopVariable("l");
        LoopProgram program = Program([new Loop(lane, 0, 4, 1, LoopKind.Lane, [new When(lane, Comparison.Less, 2, [new GroupBarrier()], [])])]);
        Should.Throw<InvalidOperationException>(() => Interpreter.Run(program, [[], [], []])).Message.ShouldContain("reach the same barrier");
    }

    [Fact]
    public void A_processor_refuses_them()
    {
        IlLowering.Compile(Product(8, 8, 8), HostTarget.Widest.Instructions).Error.ShouldNotBeNull().ShouldContain("groups of lanes");
    }

    [Fact]
    public void They_print_with_their_axes_memory_and_barriers() =>
        Printer.Print(Product(8, 8, 8)).ShouldBe(
            """
            kernel product lanes=1 (a, b, c; begin .. end)
              group float32 s[16]
              group float32 t[16]
              group.x gx = 0 .. 2
                group.y gy = 0 .. 2
                  lane.x x = 0 .. 4
                    lane.y y = 0 .. 4
                      sum<> = 0
                      for k0 = 0 .. 8 step 4
                        s[y*4 + x] = 0
                        if gy*4 + y < 8
                          if k0 + x < 8
                            s[y*4 + x] = a[gy*32 + y*8 + k0 + x]
                        t[y*4 + x] = 0
                        if k0 + y < 8
                          if gx*4 + x < 8
                            t[y*4 + x] = b[k0*8 + y*8 + gx*4 + x]
                        barrier
                        for k = 0 .. 4
                          sum<> = fma(splat s[y*4 + k], splat t[k*4 + x], sum<>)
                        barrier
                      if gy*4 + y < 8
                        if gx*4 + x < 8
                          c[gy*32 + y*8 + gx*4 + x] = sum<>

            """.ReplaceLineEndings("\n").Replace("<>", string.Empty));

    private static LoopProgram Program(Statement[] body) => new("sample", 1, [A, B, C], new LoopVariable("begin"), new LoopVariable("end"), [.. body]);

    private static LoopProgram Product(int m, int n, int k, int? without = null)
    {
        var s = new Buffer("s", 0) { Scope = MemoryScope.Group, Extent = Tile * Tile };
        var t = new Buffer("t", 1) { Scope = MemoryScope.Group, Extent = Tile * Tile };
        var (gx, gy, x, y) = (new LoopVariable("gx"), new LoopVariable("gy"), new LoopVariable("x"), new LoopVariable("y"));
        var (outer, inner) = (new LoopVariable("k0"), new LoopVariable("k"));
        var sum = new RegisterTile("sum");
        Index row = ((Index)gy * Tile) + y;
        Index column = ((Index)gx * Tile) + x;
        Index mine = ((Index)y * Tile) + x;

        // What reaches past an edge is zero.
        static Statement Guarded(Index left, int right, Statement then) => new When(left, Comparison.Less, right, [then], []);
        Statement[] step =
        [
            new Store(s, mine, new Constant(0)),
            Guarded(row, m, Guarded((Index)outer + x, k, new Store(s, mine, new Load(A, (((Index)gy * Tile) * k) + ((Index)y * k) + outer + x)))),
            new Store(t, mine, new Constant(0)),
            Guarded((Index)outer + y, k, Guarded(column, n, new Store(t, mine, new Load(B, ((Index)outer * n) + ((Index)y * n) + column)))),
            new GroupBarrier(),
            new Loop(inner, 0, Tile, 1, LoopKind.Serial, [new Assign(
                sum, [], new MultiplyAdd(new Broadcast(s, ((Index)y * Tile) + inner), new Broadcast(t, ((Index)inner * Tile) + x), new Read(sum, [])))]),
            new GroupBarrier(),
        ];
        int seen = 0;
        Statement[] kept = [.. step.Where(statement => statement is not GroupBarrier || seen++ != without)];
        var lanes = new Loop(x, 0, Tile, 1, LoopKind.Lane,
        [
            new Loop(y, 0, Tile, 1, LoopKind.Lane,
            [
                new Assign(sum, [], new Constant(0)),
                new Loop(outer, 0, k, Tile, LoopKind.Serial, [.. kept]),
                Guarded(row, m, Guarded(column, n, new Store(C, (((Index)gy * Tile) * n) + ((Index)y * n) + column, new Read(sum, [])))),
            ], 1),
        ]);
        return new LoopProgram("product", 1, [A, B, C], new LoopVariable("begin"), new LoopVariable("end"),
            [new Loop(gx, 0, (n + Tile - 1) / Tile, 1, LoopKind.Group, [new Loop(gy, 0, (m + Tile - 1) / Tile, 1, LoopKind.Group, [lanes], 1)])])
        {
            GroupMemory = [s, t],
        };
    }
}
