using System.Collections.Immutable;
using Attune.Kernels.Targets;

namespace Attune.Kernels.Loops;

/// <summary>
/// Finds what is wrong with a program before anything is compiled from it: variables used out of their scope, registers read before they are written or outside
/// their tile, elements of two kinds mixed, memory that is not an argument, loops over groups and lanes that no device could launch, barriers that some lanes
/// would not reach.
/// </summary>
internal sealed class LoopVerifier : Walker
{
    private readonly LoopProgram program;
    private readonly LoopStage stage;
    private readonly List<string> findings = [];
    private readonly HashSet<LoopVariable> scope = [];
    private readonly HashSet<LoopVariable> varying = [];
    private readonly HashSet<(RegisterTile, long)> written = [];
    private readonly HashSet<RegisterTile> writtenTiles = [];
    private readonly TileRules tiles = new();
    private readonly HashSet<(LoopKind, int)> bound = [];

    // Groups enclose lanes, and nothing else encloses either: the kind of the innermost loop while that holds, null inside of anything else.
    private LoopKind? grid = LoopKind.Group;
    private bool inLanes;
    private bool diverges;

    private LoopVerifier(LoopProgram program, LoopStage stage)
    {
        this.program = program;
        this.stage = stage;
    }

    /// <summary>True when programs are verified between passes: in debug builds, and where the switch Attune.VerifyLoops is on.</summary>
    public static bool IsOn { get; } =
#if DEBUG
        true;
#else
        AppContext.TryGetSwitch("Attune.VerifyLoops", out bool on) && on;
#endif

    /// <summary>What is wrong with a program; empty for nothing.</summary>
    /// <param name="program">The program.</param>
    /// <param name="stage">What it has become so far.</param>
    /// <param name="groups">Limits of the device's groups; null leaves them unchecked.</param>
    public static ImmutableArray<string> Verify(LoopProgram program, LoopStage stage = LoopStage.Built, GroupLimits? groups = null)
    {
        var verifier = new LoopVerifier(program, stage);
        verifier.Arguments();
        verifier.scope.Add(program.Begin);
        verifier.scope.Add(program.End);
        verifier.Visit(program.Body);
        verifier.findings.AddRange(AlignmentProof.Missing(program.Body));
        if (groups is not null)
        {
            verifier.Limits(groups);
        }

        return [.. verifier.findings.Distinct()];
    }

    /// <summary>Makes sure that nothing is wrong.</summary>
    /// <exception cref="InvalidOperationException">Something is: an error of whatever made the program.</exception>
    public static void Require(LoopProgram program, LoopStage stage)
    {
        if (Verify(program, stage) is { IsEmpty: false } findings)
        {
            throw new InvalidOperationException(
                $"The program '{program.Name}' ({stage}) is wrong:{Environment.NewLine}{string.Join(Environment.NewLine, findings)}");
        }
    }

    protected override void Visit(Statement statement)
    {
        switch (statement)
        {
            case Let let:
                base.Visit(statement);
                Bind(let.Variable, Varies(let.Left) || Varies(let.Right));
                break;
            case Assign assign:
                base.Visit(statement);
                Expect(assign.Tile.Element == assign.Value.Element, $"'{assign.Tile}' holds {assign.Tile.Element}, not {assign.Value.Element}");
                Subscripts(assign.Tile, assign.Subscripts, writes: true);
                break;
            case Store store:
                Storable(store.Buffer, store.Value);
                base.Visit(statement);
                break;
            case StoreFirst store:
                Storable(store.Buffer, store.Value);
                Lanes(store.Count);
                base.Visit(statement);
                break;
            case LoadFour load:
                base.Visit(statement);
                Fours(load.Buffer, load.Tile, load.Subscripts, writes: true);
                break;
            case StoreFour store:
                base.Visit(statement);
                Fours(store.Buffer, store.Tile, store.Subscripts, writes: false);
                break;
            case TileZero or TileLoad or TileMultiply or TileStore:
                base.Visit(statement);
                findings.AddRange(tiles.Broken(statement));
                break;
            case GroupBarrier:
                Expect(inLanes, "a barrier stands outside of the lanes");
                Expect(!diverges, "a barrier stands where not all lanes come");
                break;
            default:
                base.Visit(statement);
                break;
        }
    }

    protected override void Visit(Loop loop)
    {
        (LoopKind? Grid, bool InLanes, bool Diverges) outer = (grid, inLanes, diverges);
        Expect(loop.Step > 0, $"loop '{loop.Variable}' has step {loop.Step}");
        Expect(loop.Kind != LoopKind.Unrolled || stage == LoopStage.Built, $"loop '{loop.Variable}' is not unrolled");
        if (loop.Kind is LoopKind.Group or LoopKind.Lane)
        {
            Grid(loop);
        }

        Visit(loop.Begin);
        Visit(loop.End);
        bool differs = Varies(loop.Begin) || Varies(loop.End);
        diverges |= differs;
        inLanes |= loop.Kind == LoopKind.Lane;
        grid = loop.Kind is LoopKind.Group or LoopKind.Lane ? loop.Kind : null;
        Bind(loop.Variable, differs || loop.Kind == LoopKind.Lane);
        Block(loop.Body);
        scope.Remove(loop.Variable);
        (grid, inLanes, diverges) = outer;
    }

    protected override void Visit(When branch)
    {
        (LoopKind? Grid, bool Diverges) outer = (grid, diverges);
        Visit(branch.Left);
        Visit(branch.Right);
        grid = null;
        diverges |= Varies(branch.Left) || Varies(branch.Right);
        Block(branch.Then);
        Block(branch.Otherwise);
        (grid, diverges) = outer;
    }

    protected override void Visit(Value value)
    {
        base.Visit(value);
        switch (value)
        {
            case Read read:
                Subscripts(read.Tile, read.Subscripts, writes: false);
                break;
            case Binary binary:
                Expect(binary.Left.Element == binary.Right.Element, $"{binary.Operation} takes {binary.Left.Element} and {binary.Right.Element}");
                Expect(binary.Element != DataType.Int32 || binary.Operation != BinaryOperation.Divide, "integers are not divided");
                break;
            case MultiplyAdd fma:
                Float(fma.Left);
                Float(fma.Right);
                Float(fma.Addend);
                break;
            case DotProduct product:
                Integer(product.Left);
                Integer(product.Right);
                Integer(product.Addend);
                break;
            case PairProduct product:
                Integer(product.Left);
                Integer(product.Right);
                Float(product.Addend);
                break;
            case Unary unary:
                Float(unary.Operand);
                bool function = unary.Operation is UnaryOperation.Exponential or UnaryOperation.HyperbolicTangent or UnaryOperation.NormalTail;
                Expect(!function || stage < LoopStage.Plain, $"{unary.Operation} is left");
                break;
            case Reduction reduction:
                Float(reduction.Operand);
                break;
            case FirstLanes first:
                Float(first.Operand);
                Lanes(first.Count);
                break;
        }
    }

    protected override void Access(Buffer buffer, Index offset)
    {
        // Scales lie behind narrow weights, in the same argument, as elements of their own.
        bool known = buffer.Scope == MemoryScope.Group
            ? program.GroupMemory.Contains(buffer)
            : program.Buffers.Any(argument => argument.Position == buffer.Position);
        Expect(known, $"'{buffer}' is no memory of the program");
        base.Access(buffer, offset);
    }

    protected override void Visit(Index index)
    {
        foreach ((LoopVariable variable, _) in index.Terms)
        {
            Expect(scope.Contains(variable), $"'{variable}' is used where it has no value");
        }
    }

    // What a block binds ends with it.
    private void Block(ImmutableArray<Statement> body)
    {
        LoopVariable[] before = [.. scope];
        Visit(body);
        scope.IntersectWith(before);
    }

    private void Bind(LoopVariable variable, bool differs)
    {
        Expect(scope.Add(variable), $"'{variable}' is bound twice");
        if (differs)
        {
            varying.Add(variable);
        }
        else
        {
            varying.Remove(variable);
        }
    }

    private bool Varies(Index index) => index.Terms.Any(term => varying.Contains(term.Variable));

    private void Grid(Loop loop)
    {
        string what = $"the {loop.Kind.ToString().ToLowerInvariant()} loop '{loop.Variable}'";
        bool placed = loop.Kind == LoopKind.Group ? grid is LoopKind.Group : grid is not null;
        Expect(placed, $"{what} does not stand at the outside, groups before lanes");
        Expect(loop.Axis is >= 0 and <= 2 && bound.Add((loop.Kind, loop.Axis)), $"{what} has axis {loop.Axis}, which is none or taken");
        Expect(
            loop is { Begin: { IsConstant: true, Constant: 0 }, End: { IsConstant: true, Constant: > 0 and <= int.MaxValue }, Step: 1 },
            $"{what} does not count from 0 to a constant");
        Expect(
            loop.Kind == LoopKind.Group || loop.Body.Length == 1 || !loop.Body.Any(statement => statement is Loop { Kind: LoopKind.Lane }),
            $"{what} has more in it than the loops over other lanes");
    }

    private void Arguments()
    {
        foreach (Buffer buffer in program.Buffers)
        {
            Expect(buffer is { Scope: MemoryScope.Global, Position: >= 0 }, $"argument '{buffer}' is not passed");
        }

        foreach (IGrouping<(int Position, DataType Element), Buffer> twice in program.Buffers.GroupBy(buffer => (buffer.Position, buffer.Element)))
        {
            Expect(twice.Distinct().Count() == 1, $"arguments {string.Join(" and ", twice)} have the same position");
        }

        foreach (Buffer buffer in program.GroupMemory)
        {
            Expect(buffer is { Scope: MemoryScope.Group, Extent: > 0 }, $"the group's memory '{buffer}' has no size");
        }
    }

    private void Limits(GroupLimits limits)
    {
        long bytes = program.GroupMemory.Sum(buffer => (long)buffer.Extent * buffer.ElementBytes);
        findings.AddRange(new[] { limits.Refusal(LaunchShape.Of(program), 0), limits.Refusal(LaunchShape.One, bytes) }.OfType<string>());
    }

    private void Storable(Buffer buffer, Value value) =>
        Expect(buffer.StoredAs == value.Element, $"'{buffer}' holds {buffer.Element}, and {value.Element} is stored there");

    private void Float(Value value) =>
        Expect(value.Element == DataType.Float32, $"{value.GetType().Name} gives {value.Element} where floats are computed with");

    private void Integer(Value value) =>
        Expect(value.Element == DataType.Int32, $"{value.GetType().Name} gives {value.Element} where integers are computed with");

    private void Lanes(int count) => Expect(count >= 1 && count <= program.Lanes, $"{count} lanes of {program.Lanes} are asked for");

    private void Fours(Buffer buffer, RegisterTile tile, ImmutableArray<Index> first, bool writes)
    {
        Expect(program.Lanes == 1, "four neighbours at once are for lanes of one number each");
        Expect(
            buffer.Element == DataType.Float32 && tile.Element == DataType.Float32,
            $"four neighbours of '{buffer}' and '{tile}' are no floats of 32 bits");
        Array.ForEach(Four.From(first), at => Subscripts(tile, at, writes));
    }

    private void Subscripts(RegisterTile tile, ImmutableArray<Index> subscripts, bool writes)
    {
        if (subscripts.Length != tile.Extents.Length)
        {
            findings.Add($"'{tile}' has {tile.Extents.Length} subscripts, not {subscripts.Length}");
            return;
        }

        long element = 0;
        bool known = true;
        for (int i = 0; i < subscripts.Length; i++)
        {
            known &= subscripts[i].IsConstant;
            Expect(
                !subscripts[i].IsConstant || (subscripts[i].Constant >= 0 && subscripts[i].Constant < tile.Extents[i]),
                $"'{tile}' is used outside its extents, at {subscripts[i]}");
            element = (element * tile.Extents[i]) + subscripts[i].Constant;
        }

        Expect(known || stage == LoopStage.Built, $"'{tile}' has a subscript that is not constant");
        if (writes)
        {
            writtenTiles.Add(tile);
            written.Add((tile, element));
        }
        else
        {
            Expect(
                stage == LoopStage.Built ? writtenTiles.Contains(tile) : written.Contains((tile, element)),
                $"'{tile}' is read before it is written, at {string.Join(", ", subscripts)}");
        }
    }

    private void Expect(bool holds, string otherwise)
    {
        if (!holds)
        {
            findings.Add(otherwise);
        }
    }
}
