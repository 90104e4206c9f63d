using Attune.Kernels.Loops;
using Attune.Kernels.Targets;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Tests.Loops;

/// <summary>Vectors of integers: the lowering, the interpreter and C# agree to the bit.</summary>
public sealed class IntegerTests
{
    private const int Count = 64;
    private static readonly Buffer X = new("x", 0, DataType.Int32);
    private static readonly Buffer Y = new("y", 1, DataType.Int32);
    private static readonly Buffer F = new("f", 2);

    public static TheoryData<int, string> Cases
    {
        get
        {
            var data = new TheoryData<int, string>();
            foreach (int lanes in new[] { 4, 8, 16 })
            {
                foreach (string what in new[]
                {
                    "Add", "Subtract", "Multiply", "Minimum", "Maximum", "Broadcast", "Constant", "ToFloats", "ToIntegers", "First",
                })
                {
                    data.Add(lanes, what);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public unsafe void They_compute_what_integers_compute(int lanes, string what)
    {
        var random = new Random(lanes);
        int[] x = [.. Enumerable.Range(0, Count).Select(i => i < 2 ? (i == 0 ? int.MinValue : int.MaxValue) : random.Next(int.MinValue, int.MaxValue))];
        float[] f = [.. Enumerable.Range(0, Count).Select(_ => (random.NextSingle() - 0.5f) * 2000)];
        int[] expected = [.. Enumerable.Range(0, Count).Select(i => Expected(what, x, f, i, lanes))];

        LoopProgram program = Program(lanes, what);
        LoopVerifier.Verify(program).ShouldBeEmpty();
        float[] interpreted = new float[Count];
        Interpreter.Run(LoopPasses.Run(program), [Bits(x), interpreted, f], 0, Count / lanes);
        Array.ConvertAll(interpreted, BitConverter.SingleToInt32Bits).ShouldBe(expected);

        KernelEntry entry = IlLowering.Compile(program, HostTarget.Of(lanes).Instructions).Value.ShouldNotBeNull();
        int[] compiled = new int[Count];
        fixed (int* px = x, py = compiled)
        fixed (float* pf = f)
        {
            float** table = stackalloc float*[] { (float*)px, (float*)py, pf };
            entry(table, 0, Count / lanes);
        }

        compiled.ShouldBe(expected);
    }

    private static int Expected(string what, int[] x, float[] f, int i, int lanes)
    {
        int other = x[Count - lanes - (i / lanes * lanes) + (i % lanes)];
        return what switch
        {
            "Add" => unchecked(x[i] + other),
            "Subtract" => unchecked(x[i] - other),
            "Multiply" => unchecked(x[i] * other),
            "Minimum" => Math.Min(x[i], other),
            "Maximum" => Math.Max(x[i], other),
            "Broadcast" => unchecked(x[i] + x[i / lanes]),
            "Constant" => unchecked(x[i] - 77),
            "ToFloats" => BitConverter.SingleToInt32Bits(x[i]),
            "ToIntegers" => (int)f[i],
            _ => i % lanes < 3 ? x[i] : 0,
        };
    }

    private static LoopProgram Program(int lanes, string what)
    {
        var (begin, end, u) = (new LoopVariable("begin"), new LoopVariable("end"), new LoopVariable("u"));
        var tile = new RegisterTile("n", 1) { Element = DataType.Int32 };
        Index at = (Index)u * lanes;
        Value one = new Load(X, at);
        Value other = new Load(X, (Index)(Count - lanes) - at);
        Statement[] body = what switch
        {
            "Broadcast" => Through(new Binary(BinaryOperation.Add, one, new Broadcast(X, u))),
            "Constant" => Through(new Binary(BinaryOperation.Subtract, one, new IntegerConstant(77))),
            "ToFloats" => [new Store(new Buffer("y", 1), at, new Conversion(one))],
            "ToIntegers" => Through(new Conversion(new Load(F, at))),
            "First" => [new StoreFirst(Y, at, one, 3)],
            _ => Through(new Binary(Enum.Parse<BinaryOperation>(what), one, other)),
        };
        return new LoopProgram("integers", lanes, [X, Y, new Buffer("y", 1), F], begin, end, [new Loop(u, begin, end, 1, LoopKind.Serial, [.. body])]);

        Statement[] Through(Value value) => [new Assign(tile, [0], value), new Store(Y, at, new Read(tile, [0]))];
    }

    private static float[] Bits(int[] numbers) => Array.ConvertAll(numbers, BitConverter.Int32BitsToSingle);
}
