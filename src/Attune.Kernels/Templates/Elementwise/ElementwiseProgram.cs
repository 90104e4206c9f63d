using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Attune.Kernels.Templates.Quantized;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Elementwise;

/// <summary>
/// Element-wise operators on activations of equal shape: y = activation(a op b). Rows of vectors; halos are left alone. Buffers: 0 first operand,
/// 1 second operand (unused for one operand), 2 output.
/// </summary>
internal static class ElementwiseProgram
{
    private const int RowsPerUnit = 4;
    private static readonly Buffer A = new("a", 0);
    private static readonly Buffer B = new("b", 1);
    private static readonly Buffer Y = new("y", 2);

    /// <summary>The program of one operator; one vector per pixel.</summary>
    /// <param name="w">Operator and extents.</param>
    /// <param name="signature">Views and scales of the operands and of the output.</param>
    public static (LoopProgram Program, int Units) Build(ElementwiseWorkload w, KernelSignature signature)
    {
        (ActivationView left, ActivationView right, ActivationView output) = (signature.Input, signature.Residual, signature.Output);
        (string? operation, Epilogue activation, ElementwiseExtent extent, int lanes) = (w.Operation, w.Activation, w.Extent, w.Lanes);
        Buffer first = NarrowAccess.Of(A, signature.InputScale, signature.InputElement);
        Buffer second = NarrowAccess.Of(B, signature.ResidualScale, signature.ResidualElement);
        Buffer result = NarrowAccess.Of(Y, signature.OutputScale, signature.OutputElement);
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
        if (ByteSum.Of(w, signature) is { } sum)
        {
            body.AddRange(sum.Statements(A, At(left), B, At(right), Y, At(output)));
        }
        else
        {
            Compute();
        }

        int lines = extent.Images * extent.Blocks * extent.Rows;
        ImmutableArray<Statement> perLine =
        [
            new Let(row, IndexOperation.Remainder, line, extent.Rows),
            new Let(plane, IndexOperation.Divide, line, extent.Rows),
            new Let(block, IndexOperation.Remainder, plane, extent.Blocks),
            new Let(image, IndexOperation.Divide, plane, extent.Blocks),
            new Loop(pixel, 0, extent.Vectors, 1, LoopKind.Serial, body.ToImmutable()),
        ];
        ImmutableArray<Statement> perUnit =
        [
            new Let(limit, IndexOperation.Minimum, ((Index)unit * RowsPerUnit) + RowsPerUnit, lines),
            new Loop(line, (Index)unit * RowsPerUnit, limit, 1, LoopKind.Serial, perLine),
        ];
        var program = new LoopProgram(
            operation ?? activation.Activation, lanes, [first, second, result], begin, end, [new Loop(unit, begin, end, 1, LoopKind.Serial, perUnit)]);
        return (program, (lines + RowsPerUnit - 1) / RowsPerUnit);

        void Compute()
        {
            Value a = NarrowAccess.Load(first, At(left), signature.InputScale);
            body.Add(new Assign(value, [0], operation switch
            {
                null => a,
                "Add" => new Binary(BinaryOperation.Add, a, Other()),
                "Sub" => new Binary(BinaryOperation.Subtract, a, Other()),
                "Mul" => new Binary(BinaryOperation.Multiply, a, Other()),
                "Div" => new Binary(BinaryOperation.Divide, a, Other()),
                _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "Not an element-wise operator of the templates."),
            }));
            Activations.Append(body, value, [0], activation, scratch);
            body.Add(NarrowAccess.Store(result, At(output), new Read(value, [0]), signature.OutputScale));
        }

        Value Other() => NarrowAccess.Load(second, At(right), signature.ResidualScale);

        Index At(ActivationView view) =>
            (Index)view.Origin + ((Index)image * view.Batch) + ((Index)block * view.Block) + ((Index)row * view.Row) + ((Index)pixel * view.Pixel);
    }
}
