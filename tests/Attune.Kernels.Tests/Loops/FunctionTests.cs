using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Attune.Kernels.Loops;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Reference.Operators;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Tests.Loops;

/// <summary>The functions of loop programs against double precision, and the operations on the lanes of one vector against their definitions.</summary>
public sealed class FunctionTests
{
    private static readonly Buffer X = new("x", 0);
    private static readonly Buffer Y = new("y", 1);

    private static readonly Dictionary<string, Func<double, double>> Formulas = new()
    {
        ["gelu"] = SpecialFunctions.Gelu,
        ["gelu_tanh"] = SpecialFunctions.GeluTanh,
        ["silu"] = static x => x * SpecialFunctions.Sigmoid(x),
        ["sigmoid"] = SpecialFunctions.Sigmoid,
        ["tanh"] = Math.Tanh,
        ["hard_swish"] = ActivationKernels.HardSwish,
    };

    public static TheoryData<int> Widths => [4, 8, 16];

    public static TheoryData<int, string> WidthsAndActivations
    {
        get
        {
            var data = new TheoryData<int, string>();
            foreach (int lanes in (int[])[4, 8, 16])
            {
                foreach (string name in Formulas.Keys)
                {
                    data.Add(lanes, name);
                }
            }

            return data;
        }
    }

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
    public void The_tail_of_the_normal_distribution_keeps_its_digits(int lanes)
    {
        // The exponent x^2 / 2 is rounded before the exponential is taken, which costs as many units as it has.
        float[] x = [.. Range(-12, 12, 40_000), 1e-20f, 0, 100, -1e30f, float.PositiveInfinity, float.NegativeInfinity, float.NaN, .. new float[9]];
        float[] y = Apply(lanes, x, UnaryOperation.NormalTail);
        for (int i = 0; i < x.Length; i++)
        {
            if (float.IsNaN(x[i]))
            {
                y[i].ShouldBe(float.NaN);
                continue;
            }

            double magnitude = Math.Abs(x[i]);
            UnitsOff(y[i], SpecialFunctions.NormalTail(magnitude)).ShouldBeLessThan(8 + Math.Min(72, magnitude * magnitude), $"tail({x[i]}) is {y[i]}");
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void The_hyperbolic_tangent_keeps_its_digits_and_ends_in_one(int lanes)
    {
        float[] x =
        [
            .. Range(-12, 12, 40_000), .. Range(-1e-3f, 1e-3f, 1000), 1e-20f, -1e-20f, 0, 1e30f, -1e30f, float.PositiveInfinity, float.NegativeInfinity,
            float.NaN, .. new float[8],
        ];
        float[] y = Apply(lanes, x, UnaryOperation.HyperbolicTangent);
        for (int i = 0; i < x.Length; i++)
        {
            if (float.IsNaN(x[i]))
            {
                y[i].ShouldBe(float.NaN);
                continue;
            }

            UnitsOff(y[i], Math.Tanh(x[i])).ShouldBeLessThan(8, $"tanh({x[i]}) is {y[i]}");
            if (Math.Abs(x[i]) > 9.7)
            {
                Math.Abs(y[i]).ShouldBe(1);
            }
        }
    }

    [Theory]
    [MemberData(nameof(WidthsAndActivations))]
    public void Activations_agree_with_their_formulas_at_every_magnitude(int lanes, string name)
    {
        Func<double, double> formula = Formulas[name];
        float[] x =
        [
            .. Enumerable.Range(0, 2000).Select(static i => (i % 2 == 0 ? 1 : -1) * MathF.Pow(10, -6 + (i / 2 * 0.014f))),
            .. Range(-12, 12, 4000),
            0, 1e30f, -1e30f, float.PositiveInfinity, float.NegativeInfinity, float.NaN, .. new float[10],
        ];
        float[] y = Run(
            Program(lanes, unit =>
            {
                var body = ImmutableArray.CreateBuilder<Statement>();
                var value = new RegisterTile("v", 1);
                body.Add(new Assign(value, [0], new Load(X, (Index)unit * lanes)));
                Activations.Append(body, value, [0], new Epilogue(false, false, name, 0, 0), new RegisterTile("t", 1));
                body.Add(new Store(Y, (Index)unit * lanes, new Read(value, [0])));
                return body.ToImmutable();
            }),
            x,
            x.Length,
            x.Length / lanes);
        for (int i = 0; i < x.Length / lanes * lanes; i++)
        {
            double expected = formula(x[i]);
            string place = $"{name}({x[i]}) is {y[i]} instead of {expected}";
            if (double.IsNaN(expected) || double.IsInfinity(expected))
            {
                // Infinities go through the formula as it is written: minus infinity times zero is not a number.
                y[i].ShouldBe((float)expected, place);
                continue;
            }

            // The exponent is rounded before the exponential is taken, which overflows from 88.4 on, where results are below 1e-36; in hard_swish
            // x / 6 + 1/2 cancels next to -3, as the formula has it.
            double allowed = (5e-5 * Math.Abs(expected)) + (name == "hard_swish" ? 2e-7 * Math.Abs(x[i]) : 1e-36);
            Math.Abs(y[i] - expected).ShouldBeLessThanOrEqualTo(allowed, place);
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
            new Store(Y, 0, new Reduction(ReductionOperation.Add, new Unary(UnaryOperation.NormalTail, x))),
            new StoreFirst(Y, 4, new FirstLanes(3, x, 0.5f), 2),
        ])).ShouldBe(
            "kernel functions lanes=4 (x, y; begin .. end)\n  for u = begin .. end\n    y[0] = all add(tail(x[0]))\n"
            + "    y[4] = first 2 of first 3 of x[0] else 0.5\n");
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
        return new LoopProgram("functions", lanes, [X, Y], begin, end, [new Loop(unit, begin, end, 1, LoopKind.Serial, body(unit))]);
    }

    private static unsafe float[] Run(LoopProgram program, float[] x, int results, int units)
    {
        var y = new float[results];
        KernelEntry entry = IlLowering.Compile(program, HostTarget.Widest.Instructions)
            .OrThrow(refusal => new InvalidOperationException(refusal));
        GCHandle a = GCHandle.Alloc(x, GCHandleType.Pinned);
        GCHandle b = GCHandle.Alloc(y, GCHandleType.Pinned);
        float** buffers = stackalloc float*[2] { (float*)a.AddrOfPinnedObject(), (float*)b.AddrOfPinnedObject() };
        entry(buffers, 0, units);
        a.Free();
        b.Free();
        return y;
    }
}
