using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Attune.Kernels.Loops;
using Attune.Kernels.Reference;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Tests.Loops;

/// <summary>The functions of loop programs against double precision, and the operations on the lanes of one vector against their definitions.</summary>
public sealed class FunctionTests
{
    private static readonly Buffer X = new("x", 0);
    private static readonly Buffer Y = new("y", 1);

    public static TheoryData<int> Widths => [4, 8, 16];

    [Theory]
    [MemberData(nameof(Widths))]
    public void The_exponential_is_within_two_units_in_the_last_place(int lanes)
    {
        float[] x = Range(-87, 88, 40_000);
        float[] y = Apply(lanes, x, UnaryOperation.Exponential);
        for (int i = 0; i < x.Length; i++)
        {
            UnitsOff(y[i], Math.Exp(x[i])).ShouldBeLessThan(2, $"exp({x[i]}) is {y[i]}");
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void The_exponential_ends_in_zero_infinity_and_not_a_number(int lanes)
    {
        float[] x = [float.NegativeInfinity, -1000, -90, 0, 89, 1e30f, float.PositiveInfinity, float.NaN, .. new float[8]];
        float[] y = Apply(lanes, x, UnaryOperation.Exponential);
        y[..8].ShouldBe([0, 0, 0, 1, float.PositiveInfinity, float.PositiveInfinity, float.PositiveInfinity, float.NaN]);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void The_error_function_is_within_a_few_units_in_the_last_place(int lanes)
    {
        // Every multiply-add rounds twice where the processor cannot fuse it.
        double bound = System.Runtime.Intrinsics.X86.Fma.IsSupported ? 5 : 7;
        float[] x = [.. Range(-6, 6, 40_000), 1e-20f, -1e-20f, 0, 100, -100, float.PositiveInfinity, float.NegativeInfinity, float.NaN, .. new float[8]];
        float[] y = Apply(lanes, x, UnaryOperation.ErrorFunction);
        for (int i = 0; i < x.Length; i++)
        {
            if (float.IsNaN(x[i]))
            {
                y[i].ShouldBe(float.NaN);
                continue;
            }

            UnitsOff(y[i], SpecialFunctions.Erf(x[i])).ShouldBeLessThan(bound, $"erf({x[i]}) is {y[i]}");
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Lanes_are_reduced_kept_and_stored_as_the_interpreter_does(int lanes)
    {
        for (int count = 1; count <= lanes; count++)
        {
            Value x = new Load(X, (Index)0);
            LoopProgram program = Program(lanes, _ =>
            [
                new Store(Y, 0, new Reduction(ReductionOperation.Add, x)),
                new Store(Y, 16, new Reduction(ReductionOperation.Maximum, x)),
                new Store(Y, 32, new FirstLanes(count, x, -7)),
                new StoreFirst(Y, 48, x, count),
            ]);
            float[] data = Range(3, -2, 64);
            float[] compiled = Run(program, data, 80, 1);
            var interpreted = new float[80];
            Interpreter.Run(program, [data, interpreted], 0, 1);
            compiled.ShouldBe(interpreted);
            compiled[16].ShouldBe(data[0]);
            compiled[0].ShouldBe(data[..lanes].Sum(), 1e-4f);
            compiled[48 + count].ShouldBe(0);
            compiled[47 + count].ShouldBe(data[count - 1]);
            if (count < lanes)
            {
                compiled[32 + count].ShouldBe(-7);
            }
        }
    }

    [Fact]
    public void New_operations_print_as_text()
    {
        Value x = new Load(X, (Index)0);
        Printer.Print(Program(4, _ =>
        [
            new Store(Y, 0, new Reduction(ReductionOperation.Add, new Unary(UnaryOperation.ErrorFunction, x))),
            new StoreFirst(Y, 4, new FirstLanes(3, x, 0.5f), 2),
        ])).ShouldBe("kernel functions lanes=4 (x, y; begin .. end)\n  for u = begin .. end\n    y[0] = all add(erf(x[0]))\n    y[4] = first 2 of first 3 of x[0] else 0.5\n");
    }

    private static double UnitsOff(float actual, double expected)
    {
        double unit = Math.Max(BitConverter.Int32BitsToSingle(1), MathF.BitIncrement(MathF.Abs((float)expected)) - (double)MathF.Abs((float)expected));
        return Math.Abs(actual - expected) / unit;
    }

    private static float[] Range(float from, float to, int count) => [.. Enumerable.Range(0, count).Select(i => from + ((to - from) * i / (count - 1)))];

    private static float[] Apply(int lanes, float[] x, UnaryOperation function)
    {
        int units = x.Length / lanes;
        return Run(Program(lanes, unit => [new Store(Y, (Index)unit * lanes, new Unary(function, new Load(X, (Index)unit * lanes)))]), x, x.Length, units);
    }

    private static LoopProgram Program(int lanes, Func<LoopVariable, ImmutableArray<Statement>> body)
    {
        var begin = new LoopVariable("begin");
        var end = new LoopVariable("end");
        var unit = new LoopVariable("u");
        return new LoopProgram("functions", lanes, [X, Y], begin, end, [new Loop(unit, begin, end, 1, false, body(unit))]);
    }

    private static unsafe float[] Run(LoopProgram program, float[] x, int results, int units)
    {
        var y = new float[results];
        KernelEntry entry = IlLowering.Compile(program, out string? refusal) ?? throw new InvalidOperationException(refusal);
        GCHandle a = GCHandle.Alloc(x, GCHandleType.Pinned);
        GCHandle b = GCHandle.Alloc(y, GCHandleType.Pinned);
        float** buffers = stackalloc float*[2] { (float*)a.AddrOfPinnedObject(), (float*)b.AddrOfPinnedObject() };
        entry(buffers, 0, units);
        a.Free();
        b.Free();
        return y;
    }
}
