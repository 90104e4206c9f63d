using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Attune.Kernels.Loops;

/// <summary>Prints a loop program as text for people and snapshot tests. Deterministic.</summary>
internal static class Printer
{
    public static string Print(LoopProgram program)
    {
        var text = new StringBuilder();
        text.Append($"kernel {program.Name} lanes={program.Lanes} ({string.Join(", ", program.Buffers)}; {program.Begin} .. {program.End})\n");
        foreach (Buffer shared in program.GroupMemory)
        {
            text.Append($"  group {shared.Element.ToString().ToLowerInvariant()} {shared}[{shared.Extent}]\n");
        }

        Block(text, program.Body, 1);
        return text.ToString();
    }

    private static void Block(StringBuilder text, ImmutableArray<Statement> body, int depth)
    {
        foreach (Statement statement in body)
        {
            text.Append(' ', depth * 2);
            switch (statement)
            {
                case Loop loop:
                    text.Append($"{Keyword(loop)} {loop.Variable} = {loop.Begin} .. {loop.End}{(loop.Step == 1 ? string.Empty : $" step {loop.Step}")}\n");
                    Block(text, loop.Body, depth + 1);
                    break;
                case Let let:
                    text.Append($"let {let.Variable} = {Name(let.Operation)}({let.Left}, {let.Right})\n");
                    break;
                case Assign assign:
                    text.Append($"{assign.Tile}{Subscripts(assign.Subscripts)} = {Text(assign.Value)}\n");
                    break;
                case Store store:
                    text.Append($"{store.Buffer}[{store.Offset}] = {Text(store.Value)}\n");
                    break;
                case StoreFirst store:
                    text.Append($"{store.Buffer}[{store.Offset}] = first {store.Count} of {Text(store.Value)}\n");
                    break;
                case LoadFour load:
                    text.Append($"{load.Tile}{Subscripts(load.Subscripts)}.. = four of {load.Buffer}[{load.Offset}]\n");
                    break;
                case StoreFour store:
                    text.Append($"four of {store.Buffer}[{store.Offset}] = {store.Tile}{Subscripts(store.Subscripts)}..\n");
                    break;
                case Prefetch prefetch:
                    text.Append($"prefetch {prefetch.Buffer}[{prefetch.Offset}]\n");
                    break;
                case TileZero zero:
                    text.Append($"{zero.Tile} = zeros {zero.Tile.Rows}x{zero.Tile.Words}\n");
                    break;
                case TileLoad load:
                    text.Append($"{load.Tile} = rows {load.Tile.Rows}x{load.Tile.Words} of {load.Buffer}[{load.Offset}] step {load.Stride}\n");
                    break;
                case TileMultiply product:
                    text.Append($"{product.Sums} += {product.Left} * {product.Right} ({Name(product.Products)})\n");
                    break;
                case TileStore store:
                    text.Append($"rows {store.Tile.Rows}x{store.Tile.Words} of {store.Buffer}[{store.Offset}] step {store.Stride} = {store.Tile}\n");
                    break;
                case GroupBarrier:
                    text.Append("barrier\n");
                    break;
                case When branch:
                    text.Append($"if {branch.Left} {(branch.Comparison == Comparison.Equal ? "==" : "<")} {branch.Right}\n");
                    Block(text, branch.Then, depth + 1);
                    if (!branch.Otherwise.IsEmpty)
                    {
                        text.Append(' ', depth * 2).Append("else\n");
                        Block(text, branch.Otherwise, depth + 1);
                    }

                    break;
                default:
                    throw new InvalidOperationException($"Unknown statement {statement.GetType().Name}.");
            }
        }
    }

    private static string Text(Value value) => value switch
    {
        Load load => $"{load.Buffer}[{load.Offset}]",
        Broadcast load => $"splat {load.Buffer}[{load.Offset}]",
        Constant constant => constant.Number.ToString("R", CultureInfo.InvariantCulture),
        IntegerConstant constant => constant.Number.ToString(CultureInfo.InvariantCulture),
        Conversion conversion => $"{(conversion.Element == DataType.Int32 ? "int" : "float")}({Text(conversion.Operand)})",
        Read read => $"{read.Tile}{Subscripts(read.Subscripts)}",
        Unary unary => $"{Name(unary.Operation)}({Text(unary.Operand)})",
        Reduction reduction => $"all {Name(reduction.Operation)}({Text(reduction.Operand)})",
        FirstLanes first => $"first {first.Count} of {Text(first.Operand)} else {first.Rest.ToString("R", CultureInfo.InvariantCulture)}",
        Binary binary => $"{Name(binary.Operation)}({Text(binary.Left)}, {Text(binary.Right)})",
        DotProduct product => $"dot({Text(product.Left)}, {Text(product.Right)}, {Text(product.Addend)})",
        PairProduct product => $"pairs({Text(product.Left)}, {Text(product.Right)}, {Text(product.Addend)})",
        MultiplyAdd fma => $"fma({Text(fma.Left)}, {Text(fma.Right)}, {Text(fma.Addend)})",
        _ => throw new InvalidOperationException($"Unknown value {value.GetType().Name}."),
    };

    private static string Keyword(Loop loop) => loop.Kind switch
    {
        LoopKind.Unrolled => "unroll",
        LoopKind.Hinted => "for, unrolled by the compiler,",
        LoopKind.Group => $"group.{"xyz"[loop.Axis]}",
        LoopKind.Lane => $"lane.{"xyz"[loop.Axis]}",
        _ => "for",
    };

    private static string Subscripts(ImmutableArray<Index> subscripts) => subscripts.IsEmpty ? string.Empty : $"<{string.Join(", ", subscripts)}>";

    private static string Name<T>(T operation)
        where T : struct, Enum => operation.ToString().ToLowerInvariant() switch
        {
            "divide" => "div",
            "remainder" => "mod",
            "minimum" => "min",
            "maximum" => "max",
            "multiply" => "mul",
            "subtract" => "sub",
            "exponential" => "exp",
            "normaltail" => "tail",
            "hyperbolictangent" => "tanh",
            "shifttoexponent" => "exponent",
            "squareroot" => "sqrt",
            "roundtoeven" => "round",
            "absolute" => "abs",
            "negate" => "neg",
            string other => other,
        };
}
