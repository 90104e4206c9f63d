using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Attune.Kernels.Loops;

/// <summary>
/// Runs a loop program lane by lane on managed arrays, with every access bounds-checked: the oracle of the lowering. Slow on purpose.
/// </summary>
internal sealed class Interpreter
{
    private readonly LoopProgram program;
    private readonly float[][] memory;
    private readonly Dictionary<LoopVariable, long> variables = [];
    private readonly Dictionary<(RegisterTile, long), float[]> registers = [];

    private Interpreter(LoopProgram program, float[][] memory)
    {
        this.program = program;
        this.memory = memory;
    }

    /// <summary>Runs work units begin .. end on the buffers, which are in position order.</summary>
    public static void Run(LoopProgram program, float[][] memory, int begin, int end)
    {
        var machine = new Interpreter(program, memory);
        machine.variables[program.Begin] = begin;
        machine.variables[program.End] = end;
        machine.Block(program.Body);
    }

    public static long Compute(IndexOperation operation, long left, long right) => operation switch
    {
        IndexOperation.Divide => left / right,
        IndexOperation.Remainder => left % right,
        IndexOperation.Minimum => Math.Min(left, right),
        IndexOperation.Maximum => Math.Max(left, right),
        _ => throw new ArgumentOutOfRangeException(nameof(operation)),
    };

    private void Block(ImmutableArray<Statement> body)
    {
        foreach (Statement statement in body)
        {
            switch (statement)
            {
                case Loop loop:
                    long end = loop.End.Evaluate(variables);
                    for (long i = loop.Begin.Evaluate(variables); i < end; i += loop.Step)
                    {
                        variables[loop.Variable] = i;
                        Block(loop.Body);
                    }

                    break;
                case Let let:
                    variables[let.Variable] = Compute(let.Operation, let.Left.Evaluate(variables), let.Right.Evaluate(variables));
                    break;
                case Assign assign:
                    registers[(assign.Tile, Element(assign.Tile, assign.Subscripts))] = Evaluate(assign.Value);
                    break;
                case Store store:
                    Evaluate(store.Value).CopyTo(Floats(store.Buffer).AsSpan((int)store.Offset.Evaluate(variables), program.Lanes));
                    break;
                case StoreFirst store:
                    Evaluate(store.Value).AsSpan(0, store.Count).CopyTo(Floats(store.Buffer).AsSpan((int)store.Offset.Evaluate(variables), store.Count));
                    break;
                case Prefetch:
                    break;
                case WhenEqual branch:
                    Block(branch.Left.Evaluate(variables) == branch.Right.Evaluate(variables) ? branch.Then : branch.Otherwise);
                    break;
                default:
                    throw new InvalidOperationException($"Unknown statement {statement.GetType().Name}.");
            }
        }
    }

    private float[] Evaluate(Value value) => value switch
    {
        Load load => Fetch(load.Buffer, (int)load.Offset.Evaluate(variables)),
        Broadcast load => Splat(Floats(load.Buffer)[load.Offset.Evaluate(variables)]),
        Constant constant => Splat(constant.Number),
        Read read => registers[(read.Tile, Element(read.Tile, read.Subscripts))],
        Unary unary => Array.ConvertAll(Evaluate(unary.Operand), a => Apply(unary.Operation, a)),
        Reduction reduction => Splat(Reduce(reduction.Operation, Evaluate(reduction.Operand))),
        FirstLanes first => [.. Evaluate(first.Operand).Select((number, lane) => lane < first.Count ? number : first.Rest)],
        Binary binary => Zip(Evaluate(binary.Left), Evaluate(binary.Right), (a, b) => Apply(binary.Operation, a, b)),
        MultiplyAdd fma => Zip(Zip(Evaluate(fma.Left), Evaluate(fma.Right), (a, b) => (a, b)), Evaluate(fma.Addend), (ab, c) => MathF.FusedMultiplyAdd(ab.a, ab.b, c)),
        _ => throw new InvalidOperationException($"Unknown value {value.GetType().Name}."),
    };

    private float[] Fetch(Buffer buffer, int offset) => buffer.Format switch
    {
        WeightFormat.F16 => Array.ConvertAll(MemoryMarshal.Cast<float, ushort>(memory[buffer.Position]).Slice(offset, program.Lanes).ToArray(), Half),
        WeightFormat.I8 => Array.ConvertAll(MemoryMarshal.Cast<float, sbyte>(memory[buffer.Position]).Slice(offset, program.Lanes).ToArray(), number => (float)number),
        _ => memory[buffer.Position].AsSpan(offset, program.Lanes).ToArray(),
    };

    private static float Half(ushort bits) => BitConverter.UInt32BitsToSingle((((uint)bits & 0x8000) << 16) | (((uint)bits & 0x7FFF) << 13));

    private float[] Floats(Buffer buffer) =>
        buffer.Format == WeightFormat.F32 ? memory[buffer.Position] : throw new InvalidOperationException($"Buffer '{buffer}' holds {buffer.Format}; only vectors can be loaded from it.");

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

    private static TOut[] Zip<TLeft, TRight, TOut>(TLeft[] left, TRight[] right, Func<TLeft, TRight, TOut> combine) => [.. left.Zip(right, combine)];

    private float[] Splat(float number)
    {
        var lanes = new float[program.Lanes];
        Array.Fill(lanes, number);
        return lanes;
    }
}
