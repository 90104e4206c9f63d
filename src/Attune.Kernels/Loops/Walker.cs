using System.Collections.Immutable;

namespace Attune.Kernels.Loops;

/// <summary>
/// Base of everything that looks through a program without changing it: visits statements in order, and the values and accesses in them. An override that does
/// not call its base stays out of what lies below.
/// </summary>
internal abstract class Walker
{
    /// <summary>Visits the statements of a block.</summary>
    public void Visit(ReadOnlySpan<Statement> body)
    {
        foreach (Statement statement in body)
        {
            Visit(statement);
        }
    }

    /// <summary>Visits the statements of a block.</summary>
    public void Visit(ImmutableArray<Statement> body) => Visit(body.AsSpan());

    protected virtual void Visit(Statement statement)
    {
        switch (statement)
        {
            case Loop loop:
                Visit(loop);
                break;
            case When branch:
                Visit(branch);
                break;
            case Let let:
                Visit(let.Left);
                Visit(let.Right);
                break;
            case Assign assign:
                VisitAll(assign.Subscripts);
                Visit(assign.Value);
                break;
            case Store store:
                Access(store.Buffer, store.Offset);
                Visit(store.Value);
                break;
            case StoreFirst store:
                Access(store.Buffer, store.Offset);
                Visit(store.Value);
                break;
            case LoadFour load:
                VisitAll(load.Subscripts);
                Access(load.Buffer, load.Offset);
                break;
            case StoreFour store:
                VisitAll(store.Subscripts);
                Access(store.Buffer, store.Offset);
                break;
            case Prefetch prefetch:
                Access(prefetch.Buffer, prefetch.Offset);
                break;
            case TileLoad load:
                Access(load.Buffer, load.Offset);
                break;
            case TileStore store:
                Access(store.Buffer, store.Offset);
                break;
            case GroupBarrier or TileZero or TileMultiply:
                break;
            default:
                throw new InvalidOperationException($"Unknown statement {statement.GetType().Name}.");
        }
    }

    protected virtual void Visit(Loop loop)
    {
        Visit(loop.Begin);
        Visit(loop.End);
        Visit(loop.Body);
    }

    protected virtual void Visit(When branch)
    {
        Visit(branch.Left);
        Visit(branch.Right);
        Visit(branch.Then);
        Visit(branch.Otherwise);
    }

    protected virtual void Visit(Value value)
    {
        switch (value)
        {
            case Load load:
                Access(load.Buffer, load.Offset);
                break;
            case Broadcast load:
                Access(load.Buffer, load.Offset);
                break;
            case Read read:
                VisitAll(read.Subscripts);
                break;
            case Conversion conversion:
                Visit(conversion.Operand);
                break;
            case Unary unary:
                Visit(unary.Operand);
                break;
            case Reduction reduction:
                Visit(reduction.Operand);
                break;
            case FirstLanes first:
                Visit(first.Operand);
                break;
            case Binary binary:
                Visit(binary.Left);
                Visit(binary.Right);
                break;
            case MultiplyAdd fma:
                Visit(fma.Left);
                Visit(fma.Right);
                Visit(fma.Addend);
                break;
            case DotProduct product:
                Visit(product.Left);
                Visit(product.Right);
                Visit(product.Addend);
                break;
            case PairProduct product:
                Visit(product.Left);
                Visit(product.Right);
                Visit(product.Addend);
                break;
            case Constant or IntegerConstant:
                break;
            default:
                throw new InvalidOperationException($"Unknown value {value.GetType().Name}.");
        }
    }

    /// <summary>Called for every access to memory: loads, stores and prefetches.</summary>
    protected virtual void Access(Buffer buffer, Index offset) => Visit(offset);

    protected virtual void Visit(Index index)
    {
    }

    private void VisitAll(ImmutableArray<Index> indices)
    {
        foreach (Index index in indices)
        {
            Visit(index);
        }
    }
}
