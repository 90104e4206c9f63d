using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Attune.Kernels.Loops;
using Attune.Kernels.Templates;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Sources;

/// <summary>
/// Prints a loop program of one lane per number as the body of a C function, in words that a <see cref="SourceDialect"/> defines. Programs for groups and lanes
/// keep their shape. Programs of work units, as processors run them, get one lane per unit: right everywhere, and what operators without a kernel of their own
/// run as. Deterministic.
/// </summary>
internal sealed class SourcePrinter
{
    /// <summary>Lanes of a group that runs work units.</summary>
    public const int UnitLanes = 64;

    private const int Indent = 4;
    private readonly LoopProgram program;
    private readonly StringBuilder text = new();
    private readonly Dictionary<LoopVariable, string> names = [];
    private readonly Dictionary<string, int> taken = [];
    private readonly Dictionary<(RegisterTile Tile, long Element), string> registers = [];
    private readonly Dictionary<RegisterTile, string> tiles = [];
    private readonly Dictionary<Buffer, string> shared = [];
    private readonly bool takesUnits;
    private readonly string barrier;
    private int depth = 1;

    private SourcePrinter(LoopProgram program)
    {
        this.program = program;
        var use = new MemoryUse();
        use.Visit(program.Body);
        takesUnits = !use.IsBound;
        barrier = use.Loaded.Overlaps(use.Stored) ? "WAIT_FOR_ALL" : "WAIT";
        Use = use;
    }

    private MemoryUse Use { get; }

    /// <summary>Prints a program as a template built it.</summary>
    /// <param name="program">The program.</param>
    /// <param name="name">Name of the function.</param>
    /// <param name="units">Work units, of a program that has them.</param>
    /// <param name="scratch">Scratch of a work unit, floats: since all units run at once, each has its own.</param>
    /// <exception cref="ArgumentException">The program has vectors of several numbers.</exception>
    public static SourceKernel Print(LoopProgram program, string name, int units, long scratch = 0)
    {
        if (program.Lanes != 1)
        {
            throw new ArgumentException($"'{program.Name}' has vectors of {program.Lanes} numbers; lanes of a group have one each.", nameof(program));
        }

        return new SourcePrinter(LoopPasses.Run(program)).Whole(name, units, scratch);
    }

    private SourceKernel Whole(string name, int units, long scratch)
    {
        LaunchShape shape = takesUnits ? new LaunchShape((units + UnitLanes - 1) / UnitLanes, 1, 1, UnitLanes, 1, 1) : LaunchShape.Of(program);
        int[] positions = [.. Use.Loaded.Union(Use.Stored).Order()];
        string[] parameters = [.. positions.Select(Parameter), .. takesUnits ? ["const int units"] : Array.Empty<string>()];
        foreach (Buffer buffer in program.GroupMemory)
        {
            shared[buffer] = Fresh(buffer.Name);
            Line($"SHARED {Element(buffer)} {shared[buffer]}[{buffer.Extent}]{(Use.Fours.Contains(buffer) ? " ALIGNED" : string.Empty)};");
        }

        if (takesUnits)
        {
            Line($"const int {NameOf(program.Begin)} = UNIT;");
            Line($"const int {NameOf(program.End)} = {NameOf(program.Begin)} + 1;");
            Line($"if ({NameOf(program.Begin)} >= units) return;");
        }

        Block(program.Body);
        string body = text.ToString();
        text.Clear();
        depth = 0;
        Line($"/* {program.Name.Replace("*/", "* /", StringComparison.Ordinal)} */");
        Line($"KERNEL LANES({shape.LanesX}, {shape.LanesY}, {shape.LanesZ}) void {name}({string.Join(", ", parameters)})");
        Line("{");
        depth = 1;
        foreach (IGrouping<DataType, string> kind in registers.GroupBy(register => register.Key.Tile.Element, register => register.Value))
        {
            foreach (string[] some in kind.Chunk(12))
            {
                Line($"{Element(kind.Key)} {string.Join(", ", some)};");
            }
        }

        foreach (int position in positions)
        {
            Line($"m{position} += o{position}{(HasOneElement(position) ? string.Empty : " * 4")};");
        }

        if (positions.Contains(CompiledKernel.ScratchSlot))
        {
            Line($"m{CompiledKernel.ScratchSlot} += UNIT * {Number(scratch)};");
        }

        text.Append(body);
        depth = 0;
        Line("}");
        long bytes = program.GroupMemory.Sum(buffer => (long)buffer.Extent * buffer.ElementBytes);
        return new SourceKernel(name, text.ToString(), shape, [.. positions], [.. Use.Stored.Order()], takesUnits, bytes)
        {
            Aligned = [.. Use.Fours.Where(buffer => buffer.Scope == MemoryScope.Global).Select(buffer => buffer.Position).Distinct().Order()],
        };
    }

    // What only kernels of groups and lanes promise: nobody else writes these operands while the kernel runs, so they may be read through other caches.
    private string Parameter(int position)
    {
        string element = HasOneElement(position) ? Element(program.Buffers.First(buffer => buffer.Position == position)) : "char";
        bool read = !Use.Stored.Contains(position);
        bool apart = read && !takesUnits && position <= KernelBuffers.Bias.Position;
        return $"{(read ? "const " : string.Empty)}GLOBAL {element}* {(apart ? "RESTRICT " : string.Empty)}m{position}, const int o{position}";
    }

    // Else the argument is bytes, and every access says what it takes them for.
    private bool HasOneElement(int position)
    {
        DataType[] elements = [.. program.Buffers.Where(buffer => buffer.Position == position).Select(buffer => buffer.Element).Distinct()];
        return elements is [DataType.Float32 or DataType.Int32];
    }

    private void Block(ImmutableArray<Statement> body)
    {
        foreach (Statement statement in body)
        {
            switch (statement)
            {
                case Loop loop:
                    Print(loop);
                    break;
                case Let let:
                    string value = Text(let);
                    Line($"const int {Declare(let.Variable)} = {value};");
                    break;
                case Assign assign:
                    string number = Text(assign.Value);
                    Line($"{Register(assign.Tile, assign.Subscripts)} = {number};");
                    break;
                case Store store:
                    Line($"{Place(store.Buffer, store.Offset)} = {Text(store.Value)};");
                    break;
                case StoreFirst store:
                    Line($"{Place(store.Buffer, store.Offset)} = {Text(store.Value)};");
                    break;
                case LoadFour load:
                    Line($"LOAD_FOUR({Registers(load.Tile, load.Subscripts)}, {Space(load.Buffer)}, {Address(load.Buffer, load.Offset)})");
                    break;
                case StoreFour store:
                    Line($"STORE_FOUR({Space(store.Buffer)}, {Address(store.Buffer, store.Offset)}, {Registers(store.Tile, store.Subscripts)})");
                    break;
                case Prefetch:
                    break;
                case GroupBarrier:
                    Line($"{barrier};");
                    break;
                case When branch:
                    Line($"if ({Text(branch.Left)} {(branch.Comparison == Comparison.Equal ? "==" : "<")} {Text(branch.Right)})");
                    Nested(branch.Then);
                    if (!branch.Otherwise.IsEmpty)
                    {
                        Line("else");
                        Nested(branch.Otherwise);
                    }

                    break;
                default:
                    throw new InvalidOperationException($"Unknown statement {statement.GetType().Name}.");
            }
        }
    }

    private void Print(Loop loop)
    {
        if (loop.Kind is LoopKind.Group or LoopKind.Lane)
        {
            Line($"const int {Declare(loop.Variable)} = {(loop.Kind == LoopKind.Group ? "GROUP" : "LANE")}({loop.Axis});");
            Block(loop.Body);
            return;
        }

        string begin = Text(loop.Begin);
        string end = Text(loop.End);
        string name = Declare(loop.Variable);
        if (loop.Kind == LoopKind.Hinted)
        {
            Line("#pragma unroll", 0);
        }

        Line($"for (int {name} = {begin}; {name} < {end}; {name} += {loop.Step})");
        Nested(loop.Body);
    }

    private void Nested(ImmutableArray<Statement> body)
    {
        Line("{");
        depth++;
        Block(body);
        depth--;
        Line("}");
    }

    private string Text(Let let) => let.Operation switch
    {
        IndexOperation.Divide => $"({Text(let.Left)}) / ({Text(let.Right)})",
        IndexOperation.Remainder => $"({Text(let.Left)}) % ({Text(let.Right)})",
        IndexOperation.Minimum => $"min({Text(let.Left)}, {Text(let.Right)})",
        IndexOperation.Maximum => $"max({Text(let.Left)}, {Text(let.Right)})",
        _ => throw new InvalidOperationException($"Unknown operation {let.Operation}."),
    };

    private string Text(Value value) => value switch
    {
        Load load => Text(load.Buffer, load.Offset),
        Broadcast load => Text(load.Buffer, load.Offset),
        Constant constant => Text(constant.Number),
        IntegerConstant constant => $"({constant.Number.ToString(CultureInfo.InvariantCulture)})",
        Conversion conversion => $"({Element(conversion.Element)})({Text(conversion.Operand)})",
        Read read => Register(read.Tile, read.Subscripts),
        Unary unary => Text(unary),
        Reduction reduction => Text(reduction.Operand),
        FirstLanes first => Text(first.Operand),
        Binary binary => Text(binary),
        MultiplyAdd product => $"fma({Text(product.Left)}, {Text(product.Right)}, {Text(product.Addend)})",
        _ => throw new InvalidOperationException($"Unknown value {value.GetType().Name}."),
    };

    private string Text(Unary unary)
    {
        string operand = Text(unary.Operand);
        return unary.Operation switch
        {
            UnaryOperation.Negate => $"(-{operand})",
            UnaryOperation.Absolute => $"fabs({operand})",
            UnaryOperation.SquareRoot => $"sqrt({operand})",
            UnaryOperation.RoundToEven => $"rint({operand})",
            UnaryOperation.ShiftToExponent => $"NUMBER(BITS({operand}) << 23)",
            _ => throw new InvalidOperationException($"{unary.Operation} is left."),
        };
    }

    private string Text(Binary binary)
    {
        string left = Text(binary.Left);
        string right = Text(binary.Right);
        return binary.Operation switch
        {
            BinaryOperation.Add => $"({left} + {right})",
            BinaryOperation.Subtract => $"({left} - {right})",
            BinaryOperation.Multiply => $"({left} * {right})",
            BinaryOperation.Divide => $"({left} / {right})",
            BinaryOperation.Minimum => $"{(binary.Element == DataType.Int32 ? "min" : "lower")}({left}, {right})",
            BinaryOperation.Maximum => $"{(binary.Element == DataType.Int32 ? "max" : "upper")}({left}, {right})",
            _ => throw new InvalidOperationException($"Unknown operation {binary.Operation}."),
        };
    }

    private string Text(Buffer buffer, Index offset) => buffer.Element switch
    {
        DataType.Float32 or DataType.Int32 => Place(buffer, offset),
        DataType.Int8 => $"(float){Place(buffer, offset)}",
        DataType.Float16 => $"half_bits({Place(buffer, offset)})",
        _ => throw new InvalidOperationException($"Elements of {buffer.Element} are not read by lanes of a group."),
    };

    private string Place(Buffer buffer, Index offset)
    {
        if (buffer.Scope == MemoryScope.Group)
        {
            return $"{shared[buffer]}[{Text(offset)}]";
        }

        return HasOneElement(buffer.Position)
            ? $"m{buffer.Position}[{Text(offset)}]"
            : $"(({Constant(buffer)}GLOBAL {Element(buffer)}*)m{buffer.Position})[{Text(offset)}]";
    }

    private string Constant(Buffer buffer) => Use.Stored.Contains(buffer.Position) ? string.Empty : "const ";

    private static string Space(Buffer buffer) => buffer.Scope == MemoryScope.Group ? "OF_GROUP" : "GLOBAL";

    private string Address(Buffer buffer, Index offset)
    {
        string memory = buffer.Scope == MemoryScope.Group ? shared[buffer]
            : HasOneElement(buffer.Position) ? $"m{buffer.Position}"
            : $"({Constant(buffer)}GLOBAL float*)m{buffer.Position}";
        return $"{memory} + {Text(offset)}";
    }

    private string Registers(RegisterTile tile, ImmutableArray<Index> first) => string.Join(", ", Four.From(first).Select(at => Register(tile, at)));

    private string Text(Index index)
    {
        IEnumerable<string> parts = index.Terms.Select(term => term.Factor == 1 ? NameOf(term.Variable) : $"{NameOf(term.Variable)} * {Number(term.Factor)}");
        return string.Join(" + ", index.Constant != 0 || index.IsConstant ? parts.Append(Number(index.Constant)) : parts);
    }

    private string Register(RegisterTile tile, ImmutableArray<Index> subscripts)
    {
        long element = 0;
        for (int i = 0; i < subscripts.Length; i++)
        {
            element = (element * tile.Extents[i]) + subscripts[i].Constant;
        }

        if (!registers.TryGetValue((tile, element), out string? name))
        {
            if (!tiles.TryGetValue(tile, out string? prefix))
            {
                prefix = Fresh(tile.Name);
                tiles.Add(tile, prefix);
            }

            name = $"{prefix}_{element}";
            registers.Add((tile, element), name);
        }

        return name;
    }

    private string Declare(LoopVariable variable) => names[variable] = Fresh(variable.Name);

    private string NameOf(LoopVariable variable) => names.TryGetValue(variable, out string? name) ? name : Declare(variable);

    // Names are for people and need not differ; in C they must, and must be none of its words.
    private string Fresh(string name)
    {
        string plain = $"{new string([.. name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_')])}_";
        int number = taken.GetValueOrDefault(plain);
        taken[plain] = number + 1;
        return $"{plain}{number}";
    }

    private void Line(string line, int? at = null) => text.Append(' ', (at ?? depth) * Indent).Append(line).Append('\n');

    private static string Element(Buffer buffer) => Element(buffer.Element);

    private static string Element(DataType element) => element switch
    {
        DataType.Float32 => "float",
        DataType.Int32 => "int",
        DataType.Int8 => "signed char",
        DataType.Float16 => "short",
        _ => throw new InvalidOperationException($"Elements of {element} are not printed."),
    };

    private static string Number(long number) =>
        number is >= int.MinValue and <= int.MaxValue
            ? number.ToString(CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"The offset {number} is beyond 32 bits.");

    private static string Text(float number)
    {
        if (!float.IsFinite(number))
        {
            return $"NUMBER(0x{BitConverter.SingleToUInt32Bits(number):x8})";
        }

        string digits = number.ToString("R", CultureInfo.InvariantCulture);
        string whole = digits.AsSpan().ContainsAny(".E") ? digits : $"{digits}.0";
        return number < 0 || digits[0] == '-' ? $"({whole}f)" : $"{whole}f";
    }
}
