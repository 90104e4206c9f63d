using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Attune.Kernels.Loops.X64;
using Attune.Kernels.Targets;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Tests.Loops.X64;

/// <summary>Programs with more that is alive at once than the machine has registers.</summary>
[Trait(Category.Name, Category.AnyWidth)]
public sealed class SpillTests
{
    private const int Units = 3;
    private static readonly Buffer X = new("x", 0);
    private static readonly Buffer Y = new("y", 1);

    public static TheoryData<int, int> Tiles
    {
        get
        {
            var data = new TheoryData<int, int>();
            foreach (int lanes in new[] { 4, 8, 16 })
            {
                foreach (int count in new[] { 13, 14, 15, 16, 17, 29, 30, 31, 32, 33, 50, 300 })
                {
                    data.Add(lanes, count);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Tiles))]
    public void Vectors_beyond_the_registers_lie_on_the_stack(int lanes, int count)
    {
        LoopProgram program = Sums(lanes, count);
        float[][] memory = [MachineRun.Floats(new Random(count), lanes * (count + 40)), new float[lanes * count * Units]];
        float[][] expected = MachineRun.Interpreted(program, memory, Units);
        foreach (VectorInstructions instructions in InstructionSets.Of(lanes, products: false))
        {
            MachineRun.ShouldBeAlike(MachineRun.Run(MachineRun.Compiled(program, instructions), memory, Units), expected, $"{count} with {instructions}");
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void Every_operation_takes_operands_from_the_stack(int lanes)
    {
        for (int seed = 0; seed < 40; seed++)
        {
            LoopProgram program = Crowded(new Random(seed), lanes);
            LoopVerifier.Verify(program).ShouldBeEmpty();
            float[][] memory = [MachineRun.Floats(new Random(seed), 1024), new float[2048]];
            float[][] expected = MachineRun.Interpreted(program, memory, Units);
            foreach (VectorInstructions instructions in InstructionSets.Of(lanes, products: true))
            {
                MachineRun.ShouldBeAlike(MachineRun.Run(MachineRun.Compiled(program, instructions), memory, Units), expected, $"{seed} with {instructions}");
            }
        }
    }

    [Fact]
    public void Addresses_counters_and_bounds_beyond_the_registers_lie_on_the_stack()
    {
        // Each level of twelve loops moves each of two buffers by a distance of its own, and its end depends on the counters around it.
        const int levels = 12;
        var (begin, end, u) = (new LoopVariable("begin"), new LoopVariable("end"), new LoopVariable("u"));
        LoopVariable[] counters = [.. Enumerable.Range(0, levels).Select(level => new LoopVariable($"i{level}"))];
        LoopVariable[] bounds = [.. Enumerable.Range(0, levels).Select(level => new LoopVariable($"b{level}"))];
        Index read = u;
        Index written = u;
        for (int level = 0; level < levels; level++)
        {
            read += (Index)counters[level] * (level + 1);
            written += (Index)counters[level] * (level + 3) + bounds[level];
        }

        ImmutableArray<Statement> body = [new Store(Y, written, new Binary(BinaryOperation.Add, new Load(Y, written), new Load(X, read)))];
        for (int level = levels - 1; level >= 0; level--)
        {
            LoopVariable outer = level == 0 ? u : counters[level - 1];
            body =
            [
                new Let(bounds[level], level % 2 == 0 ? IndexOperation.Minimum : IndexOperation.Remainder, (Index)outer + 2, 2 + (level % 2)),
                new When(
                    bounds[level],
                    Comparison.Less,
                    3,
                    [new Loop(counters[level], 0, bounds[level], 1, LoopKind.Serial, body)],
                    [new Store(Y, u, new Load(X, outer))]),
            ];
        }

        var program = new LoopProgram("deep", 4, [X, Y], begin, end, [new Loop(u, begin, end, 1, LoopKind.Serial, body)]);
        LoopVerifier.Verify(program).ShouldBeEmpty();
        float[][] memory = [MachineRun.Floats(new Random(1), 512), new float[512]];
        float[][] expected = MachineRun.Interpreted(program, memory, Units);
        expected[1].Count(value => value != 0).ShouldBeGreaterThan(10);
        foreach (VectorInstructions instructions in InstructionSets.Of(4, products: false))
        {
            MachineRun.ShouldBeAlike(MachineRun.Run(MachineRun.Compiled(program, instructions), memory, Units), expected, $"deep with {instructions}");
        }
    }

    [Fact]
    public void A_kernel_that_would_mostly_use_the_stack_is_refused()
    {
        const VectorInstructions all = (VectorInstructions)~0;
        X64Lowering.Encode(Sums(16, 1100), all, CallingConvention.SystemV).Error.ShouldNotBeNull().ShouldContain("stack");
    }

    // Every element of the tile is read after all of them were written, in each iteration of an inner loop.
    private static LoopProgram Sums(int lanes, int count)
    {
        var (begin, end, u, k, i) = (new LoopVariable("begin"), new LoopVariable("end"), new LoopVariable("u"), new LoopVariable("k"), new LoopVariable("i"));
        var tile = new RegisterTile("t", count + 1);
        Index at = (Index)u * (lanes * count);
        return new LoopProgram("sums", lanes, [X, Y], begin, end,
        [
            new Loop(u, begin, end, 1, LoopKind.Serial,
            [
                new Loop(i, 0, count + 1, 1, LoopKind.Unrolled, [new Assign(tile, [i], new Load(X, (Index)i * lanes))]),
                new Loop(k, 0, 5, 1, LoopKind.Serial,
                [
                    new Loop(i, 0, count, 1, LoopKind.Unrolled,
                    [
                        new Assign(tile, [i], new MultiplyAdd(new Read(tile, [(Index)i + 1]), new Broadcast(X, (Index)k + i), new Read(tile, [i]))),
                    ]),
                ]),
                new Loop(i, 0, count, 1, LoopKind.Unrolled, [new Store(Y, at + ((Index)i * lanes), new Read(tile, [i]))]),
            ]),
        ]);
    }

    private static LoopProgram Crowded(Random random, int lanes)
    {
        const int count = 40;
        var (begin, end, u, k) = (new LoopVariable("begin"), new LoopVariable("end"), new LoopVariable("u"), new LoopVariable("k"));
        var tile = new RegisterTile("t", count);
        var integers = new RegisterTile("n", count) { Element = DataType.Int32 };
        var bytes = new Buffer("y", 1, DataType.UInt8);
        ImmutableArray<Statement> start =
        [
            .. Enumerable.Range(0, count).Select(i => new Assign(tile, [i], new Load(X, i * 3))),
            .. Enumerable.Range(0, count).Select(i => new Assign(integers, [i], new Load(new Buffer("x", 0, DataType.Int32), i * 5))),
        ];
        ImmutableArray<Statement> inner = [.. Enumerable.Range(0, 60).Select(_ => Any())];
        ImmutableArray<Statement> last =
        [
            .. Enumerable.Range(0, count).Select(i => new Store(Y, ((Index)u * 16) + (i * lanes), new Read(tile, [i]))),
            .. Enumerable.Range(0, count).Select(i => new StoreFirst(bytes, ((Index)u * 16) + (5000 + i), new Read(integers, [i]), random.Next(1, lanes + 1))),
        ];
        return new LoopProgram("crowded", lanes, [X, Y, bytes], begin, end,
            [new Loop(u, begin, end, 1, LoopKind.Serial, [.. start, new Loop(k, 0, 2, 1, LoopKind.Serial, inner), .. last])]);

        Statement Any() => random.Next(10) switch
        {
            0 => new Assign(integers, [At()], new DotProduct(Integer(), Integer(), Integer())),
            1 => new Assign(integers, [At()], new Binary((BinaryOperation)random.Next(3), Integer(), Integer())),
            2 => new Assign(tile, [At()], new Reduction((ReductionOperation)random.Next(2), Float())),
            3 => new Assign(tile, [At()], new FirstLanes(random.Next(1, lanes + 1), Float(), 1.5f)),
            4 => new Assign(tile, [At()], new Conversion(Integer())),
            5 => new Assign(tile, [At()], new Unary(random.Next(2) == 0 ? UnaryOperation.Absolute : UnaryOperation.ShiftToExponent, Float())),
            6 => new StoreFirst(Y, (Index)k + 1200, Float(), random.Next(1, lanes + 1)),
            7 => new Assign(tile, [At()], new Binary((BinaryOperation)random.Next(6), Float(), Float())),
            8 => new Assign(tile, [At()], Float()),
            _ => new Assign(tile, [At()], new MultiplyAdd(Float(), Float(), Float())),
        };

        int At() => random.Next(count);

        Value Float() => new Read(tile, [At()]);

        Value Integer() => new Read(integers, [At()]);
    }
}
