using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Attune.Kernels.Loops;

/// <summary>
/// Runs a loop program lane by lane on managed arrays, with every access bounds-checked: the oracle of every lowering. Slow on purpose. Lanes of a group are
/// run from barrier to barrier; what real lanes would do in an order of their own is found out: barriers that not all reach, and memory that one lane writes
/// while another uses it.
/// </summary>
internal sealed partial class Interpreter
{
    private readonly LoopProgram program;
    private readonly float[][] memory;
    private readonly Dictionary<LoopVariable, long> variables;
    private readonly Dictionary<(RegisterTile, long), float[]> registers = [];
    private readonly Dictionary<(RegisterTile, long), int[]> integers = [];

    private Interpreter(LoopProgram program, float[][] memory, Dictionary<LoopVariable, long> variables)
    {
        this.program = program;
        this.memory = memory;
        this.variables = variables;
    }

    /// <summary>Runs work units begin .. end on the buffers, which are in position order; of a program for groups and lanes, the whole grid.</summary>
    /// <exception cref="InvalidOperationException">Lanes reach different barriers or use memory that another one writes.</exception>
    public static void Run(LoopProgram program, float[][] memory, int begin = 0, int end = 0) =>
        new Interpreter(program, memory, new Dictionary<LoopVariable, long> { [program.Begin] = begin, [program.End] = end }).RunWhole(program.Body);

    public static long Compute(IndexOperation operation, long left, long right) => operation switch
    {
        IndexOperation.Divide => left / right,
        IndexOperation.Remainder => left % right,
        IndexOperation.Minimum => Math.Min(left, right),
        IndexOperation.Maximum => Math.Max(left, right),
        _ => throw new ArgumentOutOfRangeException(nameof(operation)),
    };

    public static bool Holds(Comparison comparison, long left, long right) => comparison == Comparison.Equal ? left == right : left < right;

    private void RunWhole(ImmutableArray<Statement> body)
    {
        if (Block(body).Any())
        {
            throw new InvalidOperationException($"'{program.Name}' has a barrier outside of its lanes.");
        }
    }

    /// <summary>Runs a block; stops at every barrier on the way.</summary>
    private IEnumerable<GroupBarrier> Block(ImmutableArray<Statement> body)
    {
        foreach (Statement statement in body)
        {
            switch (statement)
            {
                case Loop { Kind: LoopKind.Group } loop:
                    Groups(loop);
                    break;
                case Loop { Kind: LoopKind.Lane } loop:
                    Lanes(loop);
                    break;
                case Loop loop:
                    long end = loop.End.Evaluate(variables);
                    for (long i = loop.Begin.Evaluate(variables); i < end; i += loop.Step)
                    {
                        variables[loop.Variable] = i;
                        foreach (GroupBarrier barrier in Block(loop.Body))
                        {
                            yield return barrier;
                        }
                    }

                    break;
                case When branch:
                    bool holds = Holds(branch.Comparison, branch.Left.Evaluate(variables), branch.Right.Evaluate(variables));
                    foreach (GroupBarrier barrier in Block(holds ? branch.Then : branch.Otherwise))
                    {
                        yield return barrier;
                    }

                    break;
                case GroupBarrier barrier:
                    yield return barrier;
                    break;
                default:
                    Run(statement);
                    break;
            }
        }
    }

    private void Run(Statement statement)
    {
        switch (statement)
        {
            case Let let:
                variables[let.Variable] = Compute(let.Operation, let.Left.Evaluate(variables), let.Right.Evaluate(variables));
                break;
            case Assign { Tile.Element: DataType.Int32 } assign:
                integers[(assign.Tile, Element(assign.Tile, assign.Subscripts))] = Integers(assign.Value);
                break;
            case Assign assign:
                registers[(assign.Tile, Element(assign.Tile, assign.Subscripts))] = Evaluate(assign.Value);
                break;
            case Store store:
                Write(store.Buffer, store.Offset, store.Value, program.Lanes);
                break;
            case StoreFirst store:
                Write(store.Buffer, store.Offset, store.Value, store.Count);
                break;
            case LoadFour load:
                Read(load);
                break;
            case StoreFour store:
                Write(store);
                break;
            case Prefetch:
                break;
            case TileZero or TileLoad or TileMultiply or TileStore:
                RunTile(statement);
                break;
            default:
                throw new InvalidOperationException($"Unknown statement {statement.GetType().Name}.");
        }
    }

    private float[] Evaluate(Value value) => value switch
    {
        Load load => Fetch(load.Buffer, (int)load.Offset.Evaluate(variables)),
        Broadcast load => Splat(One(Floats(load.Buffer), load.Buffer, load.Offset)),
        Constant constant => Splat(constant.Number),
        Read read => registers[(read.Tile, Element(read.Tile, read.Subscripts))],
        Conversion conversion => Array.ConvertAll(Integers(conversion.Operand), number => (float)number),
        Unary unary => Array.ConvertAll(Evaluate(unary.Operand), a => Apply(unary.Operation, a)),
        Reduction reduction => Splat(Reduce(reduction.Operation, Evaluate(reduction.Operand))),
        FirstLanes first => [.. Evaluate(first.Operand).Select((number, lane) => lane < first.Count ? number : first.Rest)],
        Binary binary => Zip(Evaluate(binary.Left), Evaluate(binary.Right), (a, b) => Apply(binary.Operation, a, b)),
        PairProduct product => Zip(Zip(Integers(product.Left), Integers(product.Right), (a, b) => (a, b)), Evaluate(product.Addend), Pairs),
        MultiplyAdd fma =>
            Zip(Zip(Evaluate(fma.Left), Evaluate(fma.Right), (a, b) => (a, b)), Evaluate(fma.Addend), (ab, c) => MathF.FusedMultiplyAdd(ab.a, ab.b, c)),
        _ => throw new InvalidOperationException($"Unknown value {value.GetType().Name}."),
    };

    private int[] Integers(Value value) => value switch
    {
        Load load => MemoryMarshal.Cast<float, int>(Seen(load.Buffer, (int)load.Offset.Evaluate(variables), program.Lanes)).ToArray(),
        Broadcast load => Fill(BitConverter.SingleToInt32Bits(One(Words(load.Buffer), load.Buffer, load.Offset))),
        IntegerConstant constant => Fill(constant.Number),
        Read read => integers[(read.Tile, Element(read.Tile, read.Subscripts))],
        Conversion conversion => Array.ConvertAll(Evaluate(conversion.Operand), number => (int)number),
        DotProduct product => Zip(Zip(Integers(product.Left), Integers(product.Right), Dot), Integers(product.Addend), (sum, c) => unchecked(sum + c)),
        Binary binary => Zip(Integers(binary.Left), Integers(binary.Right), (a, b) => Apply(binary.Operation, a, b)),
        _ => throw new InvalidOperationException($"{value.GetType().Name} is no value of integers."),
    };

    private long Element(RegisterTile tile, ImmutableArray<Index> subscripts)
    {
        long element = 0;
        for (int i = 0; i < subscripts.Length; i++)
        {
            long subscript = subscripts[i].Evaluate(variables);
            if (subscript < 0 || subscript >= tile.Extents[i])
            {
                throw new InvalidOperationException($"Subscript {subscript} of register tile '{tile}' is outside 0 .. {tile.Extents[i]}.");
            }

            element = (element * tile.Extents[i]) + subscript;
        }

        return element;
    }

    private static float Reduce(ReductionOperation operation, float[] lanes)
    {
        while (lanes.Length > 1)
        {
            int half = lanes.Length / 2;
            lanes = Zip(lanes[..half], lanes[half..], (a, b) => operation == ReductionOperation.Add ? a + b : Apply(BinaryOperation.Maximum, a, b));
        }

        return lanes[0];
    }

    private static float Apply(UnaryOperation operation, float a) => operation switch
    {
        UnaryOperation.Negate => -a,
        UnaryOperation.Absolute => MathF.Abs(a),
        UnaryOperation.SquareRoot => MathF.Sqrt(a),
        UnaryOperation.RoundToEven => MathF.Round(a, MidpointRounding.ToEven),
        UnaryOperation.Exponential => MathF.Exp(a),
        UnaryOperation.NormalTail => (float)SpecialFunctions.NormalTail(Math.Abs(a)),
        UnaryOperation.HyperbolicTangent => MathF.Tanh(a),
        UnaryOperation.ShiftToExponent => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(a) << 23),
        _ => throw new ArgumentOutOfRangeException(nameof(operation)),
    };

    private static float Apply(BinaryOperation operation, float a, float b) => operation switch
    {
        BinaryOperation.Add => a + b,
        BinaryOperation.Subtract => a - b,
        BinaryOperation.Multiply => a * b,
        BinaryOperation.Divide => a / b,
        BinaryOperation.Minimum => a < b ? a : b,
        BinaryOperation.Maximum => a > b ? a : b,
        _ => throw new ArgumentOutOfRangeException(nameof(operation)),
    };

    private static int Apply(BinaryOperation operation, int a, int b) => operation switch
    {
        BinaryOperation.Add => unchecked(a + b),
        BinaryOperation.Subtract => unchecked(a - b),
        BinaryOperation.Multiply => unchecked(a * b),
        BinaryOperation.Minimum => Math.Min(a, b),
        BinaryOperation.Maximum => Math.Max(a, b),
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "Integers are not divided."),
    };

    private static int Dot(int left, int right)
    {
        int sum = 0;
        for (int bit = 0; bit < 32; bit += 8)
        {
            sum += (byte)(left >> bit) * (sbyte)(right >> bit);
        }

        return sum;
    }

    private static float Pairs((int Left, int Right) pair, float sum)
    {
        sum = MathF.FusedMultiplyAdd(Upper(pair.Left), Upper(pair.Right), sum);
        return MathF.FusedMultiplyAdd(Upper(pair.Left << 16), Upper(pair.Right << 16), sum);
    }

    // The brain float in the upper half of a word.
    private static float Upper(int bits) => new BFloat16((ushort)(bits >>> 16)).ToSingle();

    private static TOut[] Zip<TLeft, TRight, TOut>(TLeft[] left, TRight[] right, Func<TLeft, TRight, TOut> combine) => [.. left.Zip(right, combine)];

    private float[] Splat(float number)
    {
        var lanes = new float[program.Lanes];
        Array.Fill(lanes, number);
        return lanes;
    }

    private int[] Fill(int number)
    {
        var lanes = new int[program.Lanes];
        Array.Fill(lanes, number);
        return lanes;
    }
}
