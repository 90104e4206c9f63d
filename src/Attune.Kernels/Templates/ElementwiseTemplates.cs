using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates;

/// <summary>
/// Element-wise operators on activations of equal shape: y = activation(a op b). Rows of vectors; halos are left alone. Buffers: 0 first operand,
/// 1 second operand (unused for one operand), 2 output.
/// </summary>
public static class ElementwiseTemplates
{
    private const int RowsPerUnit = 4;
    private static readonly Buffer A = new("a", 0);
    private static readonly Buffer B = new("b", 1);
    private static readonly Buffer Y = new("y", 2);

    /// <summary>Operators of two operands that <see cref="Compile"/> knows.</summary>
    public static IReadOnlySet<string> Binaries { get; } = new HashSet<string>(StringComparer.Ordinal) { "Add", "Sub", "Mul", "Div" };

    /// <summary>Compiles one operator.</summary>
    /// <param name="operation">Add, Sub, Mul, Div, or null for the activation alone.</param>
    /// <param name="activation">Activation applied to the result.</param>
    /// <param name="extent">Rows and vectors to visit.</param>
    /// <param name="left">View of the first operand; one vector per pixel.</param>
    /// <param name="right">View of the second operand.</param>
    /// <param name="output">View of the output.</param>
    /// <param name="lanes">Vector lanes.</param>
    public static CompiledKernel Compile(string? operation, Epilogue activation, ElementwiseExtent extent, ActivationView left, ActivationView right, ActivationView output, int lanes)
    {
        var begin = new LoopVariable("begin");
        var end = new LoopVariable("end");
        var unit = new LoopVariable("u");
        var line = new LoopVariable("line");
        var limit = new LoopVariable("limit");
        var plane = new LoopVariable("p");
        var row = new LoopVariable("h");
        var block = new LoopVariable("cb");
        var image = new LoopVariable("n");
        var pixel = new LoopVariable("w");
        var value = new RegisterTile("v", 1);
        var scratch = new RegisterTile("t", 1);
        var body = ImmutableArray.CreateBuilder<Statement>();
        Value a = new Load(A, At(left));
        body.Add(new Assign(value, [0], operation switch
        {
            null => a,
            "Add" => new Binary(BinaryOperation.Add, a, new Load(B, At(right))),
            "Sub" => new Binary(BinaryOperation.Subtract, a, new Load(B, At(right))),
            "Mul" => new Binary(BinaryOperation.Multiply, a, new Load(B, At(right))),
            "Div" => new Binary(BinaryOperation.Divide, a, new Load(B, At(right))),
            _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "Not an element-wise operator of the templates."),
        }));
        Activations.Append(body, value, [0], activation, scratch);
        body.Add(new Store(Y, At(output), new Read(value, [0])));
        int lines = extent.Images * extent.Blocks * extent.Rows;
        ImmutableArray<Statement> perLine =
        [
            new Let(row, IndexOperation.Remainder, line, extent.Rows),
            new Let(plane, IndexOperation.Divide, line, extent.Rows),
            new Let(block, IndexOperation.Remainder, plane, extent.Blocks),
            new Let(image, IndexOperation.Divide, plane, extent.Blocks),
            new Loop(pixel, 0, extent.Vectors, 1, false, body.ToImmutable()),
        ];
        ImmutableArray<Statement> perUnit =
        [
            new Let(limit, IndexOperation.Minimum, ((Index)unit * RowsPerUnit) + RowsPerUnit, lines),
            new Loop(line, (Index)unit * RowsPerUnit, limit, 1, false, perLine),
        ];
        ImmutableArray<Buffer> buffers = [A, B, Y];
        var program = new LoopProgram(operation ?? activation.Activation, lanes, buffers, begin, end, [new Loop(unit, begin, end, 1, false, perUnit)]);
        return CompiledKernel.From(program, (lines + RowsPerUnit - 1) / RowsPerUnit, out string? refusal)
            ?? throw new InvalidOperationException($"An element-wise kernel could not be compiled: {refusal}");

        Index At(ActivationView view) =>
            (Index)view.Origin + ((Index)image * view.Batch) + ((Index)block * view.Block) + ((Index)row * view.Row) + ((Index)pixel * view.Pixel);
    }
}
