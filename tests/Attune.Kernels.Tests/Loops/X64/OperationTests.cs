using Attune.Kernels.Loops;
using Attune.Kernels.Targets;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Tests.Loops.X64;

/// <summary>Every operation one by one, at every width and with every set of instructions: machine code, interpreter and IL agree to the bit.</summary>
[Trait(Category.Name, Category.AnyWidth)]
public sealed class OperationTests
{
    private const int Units = 4;
    private const int Count = 16 * Units;

    // Floats, integers of all sizes (or bytes by four), small floats, the result.
    private static readonly Buffer X = new("x", 0);
    private static readonly Buffer N = new("n", 1, DataType.Int32);
    private static readonly Buffer S = new("s", 2);
    private static readonly Buffer Y = new("y", 3);
    private static readonly Buffer Z = new("y", 3, DataType.Int32);
    private static readonly RegisterTile T = new("t", 3);
    private static readonly RegisterTile I = new("i", 2) { Element = DataType.Int32 };

    private static readonly float[] Peculiar =
    [
        0, -0f, 1, -1, 0.5f, 1.5f, 2.5f, -2.5f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.Epsilon, -1e-40f,
        float.MaxValue, 8388609, 3e9f,
    ];

    private static readonly Dictionary<string, Func<int, Index, Statement[]>> Cases = new()
    {
        ["load and store"] = (_, i) => [new Store(Y, i, new Load(X, i))],
        ["broadcast"] = (_, i) => [new Store(Y, i, new Broadcast(X, i + 1))],
        ["broadcast of integers"] = (_, i) => [new Store(Z, i, new Binary(BinaryOperation.Add, new Broadcast(N, i + 1), new Load(N, i)))],
        ["constants"] = (_, i) => [new Store(Y, i, new Binary(BinaryOperation.Multiply, new Constant(-1.5f), new Constant(3)))],
        ["zero"] = (_, i) => [new Store(Y, i, new Constant(0)), new Store(Y, i, new Constant(-0f))],
        ["integer constants"] = (_, i) => [new Store(Z, i, new Binary(BinaryOperation.Subtract, new IntegerConstant(7), new IntegerConstant(-9)))],
        ["to floats"] = (_, i) => [new Store(Y, i, new Conversion(new Load(N, i)))],
        ["to integers"] = (_, i) => [new Store(Z, i, new Conversion(new Binary(BinaryOperation.Multiply, new Load(S, i), new Constant(1e6f))))],
        ["negate"] = (_, i) => [new Store(Y, i, new Unary(UnaryOperation.Negate, new Load(X, i)))],
        ["absolute"] = (_, i) => [new Store(Y, i, new Unary(UnaryOperation.Absolute, new Load(X, i)))],
        ["square root"] = (_, i) => [new Store(Y, i, new Unary(UnaryOperation.SquareRoot, new Load(X, i)))],
        ["round"] = (_, i) => [new Store(Y, i, new Unary(UnaryOperation.RoundToEven, new Load(X, i)))],
        ["round what was computed"] = (_, i) =>
            [new Store(Y, i, new Unary(UnaryOperation.RoundToEven, new Binary(BinaryOperation.Multiply, new Load(S, i), new Constant(9))))],
        ["exponent"] = (_, i) => [new Store(Y, i, new Unary(UnaryOperation.ShiftToExponent, new Load(S, i)))],
        ["functions"] = (_, i) =>
        [
            new Assign(T, [0], new Unary(UnaryOperation.Exponential, new Unary(UnaryOperation.NormalTail, new Load(S, i)))),
            new Store(Y, i, new Unary(UnaryOperation.HyperbolicTangent, Read(0))),
        ],
        ["halves"] = (_, i) => [new Store(Y, i, new Load(new Buffer("h", 1, DataType.Float16), i))],
        ["bytes"] = (_, i) => [new Store(Y, i, new Load(new Buffer("b", 1, DataType.UInt8), i))],
        ["signed bytes"] = (_, i) => [new Store(Y, i, new Load(new Buffer("b", 1, DataType.Int8), i))],
        ["narrow operands"] = (_, i) =>
        [
            new Store(Y, i, new MultiplyAdd(new Load(new Buffer("b", 1, DataType.Int8), i), new Load(new Buffer("h", 1, DataType.Float16), i), new Load(S, i))),
        ],
        ["sum of lanes"] = (_, i) => [new Store(Y, i, new Reduction(ReductionOperation.Add, new Load(S, i)))],
        ["maximum of lanes"] = (_, i) => [new Store(Y, i, new Reduction(ReductionOperation.Maximum, new Load(X, i)))],
        ["add to a sum"] = (_, i) => [new Assign(T, [0], new Load(S, i)), new Assign(T, [0], Fma(Read(0), new Load(X, i), new Broadcast(S, i))), Out(i, 0)],
        ["sum as left"] = (_, i) => [new Assign(T, [0], new Load(S, i)), new Assign(T, [0], Fma(Read(0), new Broadcast(S, i), new Load(X, i))), Out(i, 0)],
        ["sum as right"] = (_, i) => [new Assign(T, [0], new Load(S, i)), new Assign(T, [0], Fma(new Load(X, i), Read(0), new Constant(2))), Out(i, 0)],
        ["sum as all"] = (_, i) => [new Assign(T, [0], new Load(S, i)), new Assign(T, [0], Fma(Read(0), Read(0), Read(0))), Out(i, 0)],
        ["sum inside"] = (_, i) =>
        [
            new Assign(T, [0], new Load(S, i)),
            new Assign(T, [0], Fma(new Unary(UnaryOperation.Negate, Read(0)), new Load(S, i), new Binary(BinaryOperation.Add, Read(0), Read(0)))),
            Out(i, 0),
        ],
        ["polynomial"] = (_, i) =>
        [
            new Assign(T, [1], new Load(S, i)),
            new Assign(T, [0], Fma(Fma(Fma(new Constant(2), Read(1), new Constant(3)), Read(1), new Constant(4)), Read(1), new Constant(5))),
            Out(i, 0),
        ],
        ["all loaded"] = (_, i) => [new Store(Y, i, Fma(new Load(S, i), new Load(X, i), new Load(S, i + 1)))],
        ["all computed"] = (_, i) =>
        [
            new Store(
                Y,
                i,
                Fma(
                    new Binary(BinaryOperation.Subtract, new Load(S, i), new Constant(1)),
                    new Binary(BinaryOperation.Subtract, new Constant(1), new Load(S, i)),
                    new Binary(BinaryOperation.Divide, new Load(S, i), new Load(X, i)))),
        ],
        ["copies"] = (_, i) =>
        [
            new Assign(T, [0], new Load(S, i)), new Assign(T, [1], Read(0)), new Assign(T, [0], Fma(Read(1), Read(1), Read(0))),
            new Assign(T, [2], Fma(Read(0), Read(1), Read(1))), new Store(Y, i, new Binary(BinaryOperation.Add, Read(1), Read(2))),
        ],
        ["products of bytes"] = (_, i) => [new Store(Z, i, new DotProduct(new Load(N, i), new Load(N, i + 3), new Load(N, i + 1)))],
        ["a byte product into a sum"] = (_, i) =>
        [
            new Assign(I, [0], new Load(N, i)),
            new Assign(I, [1], new Load(N, i + 2)),
            new Assign(I, [0], new DotProduct(new Broadcast(N, i + 5), new Read(I, [1]), new Read(I, [0]))),
            new Assign(I, [0], new DotProduct(new Load(N, i + 5), new Broadcast(N, i), new Read(I, [0]))),
            new Store(Z, i, new Read(I, [0])),
        ],
        ["a byte product of its sum"] = (_, i) =>
        [
            new Assign(I, [0], new Load(N, i)),
            new Assign(I, [0], new DotProduct(new Read(I, [0]), new Read(I, [0]), new IntegerConstant(3))),
            new Store(Z, i, new Read(I, [0])),
        ],
        ["extreme bytes"] = (_, i) =>
            [new Store(Z, i, new DotProduct(new IntegerConstant(-1), new IntegerConstant(unchecked((int)0x80808080)), new IntegerConstant(int.MinValue)))],
    };

    public static TheoryData<int, string> All
    {
        get
        {
            var data = new TheoryData<int, string>();
            foreach (int lanes in new[] { 4, 8, 16 })
            {
                string[] counted = ["first lanes", "first words", "first integers", "bytes out", "signed bytes out"];
                foreach (string name in (IEnumerable<string>)[.. Cases.Keys, .. Enum.GetNames<BinaryOperation>(), .. counted])
                {
                    data.Add(lanes, name);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Machine_code_computes_what_interpreter_and_jit_compute(int lanes, string name)
    {
        foreach (Func<int, Index, Statement[]> make in Named(name, lanes))
        {
            var (begin, end, u) = (new LoopVariable("begin"), new LoopVariable("end"), new LoopVariable("u"));
            Statement[] body = make(lanes, (Index)u * lanes);
            var program = new LoopProgram(name, lanes, [X, N, S, Y], begin, end, [new Loop(u, begin, end, 1, LoopKind.Serial, [.. body])]);
            LoopVerifier.Verify(program).ShouldBeEmpty();
            var random = new Random(lanes);
            float[] x = [.. Enumerable.Range(0, Count + 16).Select(i => i % 3 == 0 ? Peculiar[i / 3 % Peculiar.Length] : random.NextSingle() - 0.5f)];
            float[][] memory = [x, MachineRun.Bits(random, Count + 16), MachineRun.Floats(random, Count + 16), new float[Count]];
            float[][] expected = MachineRun.Interpreted(program, memory, Units);
            if (HostTarget.Widest.Instructions.HasFlag(VectorInstructions.FusedMultiplyAdd))
            {
                KernelEntry jit = IlLowering.Compile(program, HostTarget.Of(lanes).Instructions).Value.ShouldNotBeNull();
                MachineRun.ShouldBeAlike(MachineRun.Run(jit, memory, Units), expected, $"{name} by IL");
            }

            foreach (VectorInstructions instructions in InstructionSets.Of(lanes, products: true))
            {
                float[][] computed = MachineRun.Run(MachineRun.Compiled(program, instructions), memory, Units);
                MachineRun.ShouldBeAlike(computed, expected, $"{name} with {instructions}");
            }
        }
    }

    [Fact]
    public void There_are_sets_of_instructions_to_try_wherever_machine_code_runs()
    {
        int expected = Attune.Kernels.Loops.X64.NativeKernel.Refusal is null && HostTarget.Widest.Instructions.HasFlag(VectorInstructions.Widen256) ? 1 : 0;
        InstructionSets.Of(8, products: true).Count().ShouldBeGreaterThanOrEqualTo(expected);
    }

    private static IEnumerable<Func<int, Index, Statement[]>> Named(string name, int lanes)
    {
        IEnumerable<int> counts = Enumerable.Range(1, lanes);
        switch (name)
        {
            case "first lanes":
                return counts.Select(Make((i, count) => new Store(Y, i, new FirstLanes(count, new Load(X, i), -3.5f))));
            case "first words":
                return counts.Select(Make((i, count) => new StoreFirst(Y, i, new Load(X, i), count)));
            case "first integers":
                return counts.Select(Make((i, count) => new StoreFirst(Z, i, new Load(N, i), count)));
            case "bytes out":
                return counts.Select(Make((i, count) => new StoreFirst(new Buffer("y", 3, DataType.UInt8), i, Small(i), count)));
            case "signed bytes out":
                return counts.Select(Make((i, count) => new StoreFirst(new Buffer("y", 3, DataType.Int8), i, Small(i), count)));
            default:
                return Enum.TryParse(name, out BinaryOperation operation) ? Arithmetic(operation) : [Cases[name]];
        }

        static Func<int, Func<int, Index, Statement[]>> Make(Func<Index, int, Statement> make) => count => (_, i) => [make(i, count)];

        // Integers on both sides of what bytes hold, and a few far away.
        static Value Small(Index i) =>
            new Binary(BinaryOperation.Maximum, new Load(N, i + 1), new Conversion(new Binary(BinaryOperation.Multiply, new Load(S, i), new Constant(200))));
    }

    private static IEnumerable<Func<int, Index, Statement[]>> Arithmetic(BinaryOperation operation)
    {
        yield return (_, i) => [new Store(Y, i, new Binary(operation, new Load(X, i), new Load(S, i)))];
        yield return (_, i) => [new Store(Y, i, new Binary(operation, new Load(S, i), new Load(X, i + 5)))];
        yield return (_, i) => [new Store(Y, i, new Binary(operation, new Broadcast(S, i), new Unary(UnaryOperation.Negate, new Load(X, i))))];
        yield return (_, i) => [new Assign(T, [0], new Load(X, i)), new Assign(T, [0], new Binary(operation, new Constant(0), Read(0))), Out(i, 0)];
        if (operation != BinaryOperation.Divide)
        {
            yield return (_, i) => [new Store(Z, i, new Binary(operation, new Load(N, i), new Load(N, i + 7)))];
            yield return (_, i) => [new Store(Z, i, new Binary(operation, new IntegerConstant(5), new Broadcast(N, i)))];
        }
    }

    private static MultiplyAdd Fma(Value left, Value right, Value addend) => new(left, right, addend);

    private static Read Read(int at) => new(T, [at]);

    private static Store Out(Index i, int at) => new(Y, i, Read(at));
}
