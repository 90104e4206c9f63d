using System.Collections.Immutable;

namespace Attune.Kernels.Loops;

/// <summary>
/// Base of everything that makes a program from another one. Each statement is rewritten into the block that is being made, so that an override may put several
/// in its place, or none, or others before it. What is not overridden stays, with its parts rewritten.
/// </summary>
internal abstract class Rewriter
{
    private ImmutableArray<Statement>.Builder block = ImmutableArray.CreateBuilder<Statement>();

    /// <summary>Rewrites a program.</summary>
    protected LoopProgram Rewrite(LoopProgram program) => program with { Body = Block(program.Body) };

    /// <summary>A block of its own.</summary>
    protected ImmutableArray<Statement> Block(ImmutableArray<Statement> body)
    {
        ImmutableArray<Statement>.Builder outer = block;
        block = ImmutableArray.CreateBuilder<Statement>(body.Length);
        Inline(body);
        ImmutableArray<Statement> made = block.DrainToImmutable();
        block = outer;
        return made;
    }

    /// <summary>Rewrites statements into the block that is being made.</summary>
    protected void Inline(ImmutableArray<Statement> body)
    {
        foreach (Statement statement in body)
        {
            Rewrite(statement);
        }
    }

    /// <summary>Adds a statement to the block that is being made, as it is.</summary>
    protected void Emit(Statement statement) => block.Add(statement);

    protected virtual void Rewrite(Statement statement)
    {
        switch (statement)
        {
            case Loop loop:
                Rewrite(loop);
                break;
            case Let let:
                Rewrite(let);
                break;
            case When branch:
                Rewrite(branch);
                break;
            case Assign assign:
                Emit(new Assign(assign.Tile, All(assign.Subscripts), Rewrite(assign.Value)));
                break;
            case Store store:
                Emit(new Store(store.Buffer, Rewrite(store.Offset), Rewrite(store.Value)));
                break;
            case StoreFirst store:
                Emit(new StoreFirst(store.Buffer, Rewrite(store.Offset), Rewrite(store.Value), store.Count));
                break;
            case LoadFour load:
                Emit(new LoadFour(load.Tile, All(load.Subscripts), load.Buffer, Rewrite(load.Offset)));
                break;
            case StoreFour store:
                Emit(new StoreFour(store.Buffer, Rewrite(store.Offset), store.Tile, All(store.Subscripts)));
                break;
            case Prefetch prefetch:
                Emit(new Prefetch(prefetch.Buffer, Rewrite(prefetch.Offset)));
                break;
            case TileLoad load:
                Emit(load with { Offset = Rewrite(load.Offset) });
                break;
            case TileStore store:
                Emit(store with { Offset = Rewrite(store.Offset) });
                break;
            case GroupBarrier or TileZero or TileMultiply:
                Emit(statement);
                break;
            default:
                throw new InvalidOperationException($"Unknown statement {statement.GetType().Name}.");
        }
    }

    protected virtual void Rewrite(Loop loop) => Emit(loop with { Begin = Rewrite(loop.Begin), End = Rewrite(loop.End), Body = Block(loop.Body) });

    protected virtual void Rewrite(Let let) => Emit(new Let(let.Variable, let.Operation, Rewrite(let.Left), Rewrite(let.Right)));

    protected virtual void Rewrite(When branch) =>
        Emit(new When(Rewrite(branch.Left), branch.Comparison, Rewrite(branch.Right), Block(branch.Then), Block(branch.Otherwise)));

    protected virtual Value Rewrite(Value value) => value switch
    {
        Load load => new Load(load.Buffer, Rewrite(load.Offset)),
        Broadcast load => new Broadcast(load.Buffer, Rewrite(load.Offset)),
        Constant or IntegerConstant => value,
        Read read => new Read(read.Tile, All(read.Subscripts)),
        Conversion conversion => new Conversion(Rewrite(conversion.Operand)),
        Unary unary => new Unary(unary.Operation, Rewrite(unary.Operand)),
        Reduction reduction => new Reduction(reduction.Operation, Rewrite(reduction.Operand)),
        FirstLanes first => new FirstLanes(first.Count, Rewrite(first.Operand), first.Rest),
        Binary binary => new Binary(binary.Operation, Rewrite(binary.Left), Rewrite(binary.Right)),
        DotProduct product => new DotProduct(Rewrite(product.Left), Rewrite(product.Right), Rewrite(product.Addend)),
        PairProduct product => new PairProduct(Rewrite(product.Left), Rewrite(product.Right), Rewrite(product.Addend)),
        MultiplyAdd fma => new MultiplyAdd(Rewrite(fma.Left), Rewrite(fma.Right), Rewrite(fma.Addend)),
        _ => throw new InvalidOperationException($"Unknown value {value.GetType().Name}."),
    };

    protected virtual Index Rewrite(Index index) => index;

    private ImmutableArray<Index> All(ImmutableArray<Index> indices) => indices.IsEmpty ? indices : ImmutableArray.CreateRange(indices, Rewrite);
}
