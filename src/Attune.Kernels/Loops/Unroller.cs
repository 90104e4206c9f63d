using System.Collections.Immutable;

namespace Attune.Kernels.Loops;

/// <summary>
/// Expands unrolled loops and loops of one iteration by substitution. Afterwards every register subscript is constant, which is what
/// lets the lowering keep register tiles in locals.
/// </summary>
internal static class Unroller
{
    public static LoopProgram Run(LoopProgram program) => program with { Body = Block(program.Body, new Substitution()) };

    private static ImmutableArray<Statement> Block(ImmutableArray<Statement> body, Substitution scope)
    {
        var result = ImmutableArray.CreateBuilder<Statement>();
        Emit(body, scope, result);
        return result.ToImmutable();
    }

    private static void Emit(ImmutableArray<Statement> body, Substitution scope, ImmutableArray<Statement>.Builder result)
    {
        foreach (Statement statement in body)
        {
            switch (statement)
            {
                case Loop loop:
                    Expand(loop, scope, result);
                    break;
                case Let let:
                    Bind(let, scope, result);
                    break;
                case Assign assign:
                    result.Add(new Assign(assign.Tile, scope.Apply(assign.Subscripts), scope.Apply(assign.Value)));
                    break;
                case Store store:
                    result.Add(new Store(store.Buffer, scope.Apply(store.Offset), scope.Apply(store.Value)));
                    break;
                case StoreFirst store:
                    result.Add(new StoreFirst(store.Buffer, scope.Apply(store.Offset), scope.Apply(store.Value), store.Count));
                    break;
                case Prefetch prefetch:
                    result.Add(new Prefetch(prefetch.Buffer, scope.Apply(prefetch.Offset)));
                    break;
                case WhenEqual branch:
                    Choose(branch, scope, result);
                    break;
                default:
                    throw new InvalidOperationException($"Unknown statement {statement.GetType().Name}.");
            }
        }
    }

    private static void Expand(Loop loop, Substitution scope, ImmutableArray<Statement>.Builder result)
    {
        Index begin = scope.Apply(loop.Begin);
        Index end = scope.Apply(loop.End);
        bool known = begin.IsConstant && end.IsConstant;
        bool single = known && begin.Constant < end.Constant && begin.Constant + loop.Step >= end.Constant;
        if (loop.Unroll && !known)
        {
            throw new InvalidOperationException($"Loop '{loop.Variable}' is to be unrolled but its bounds {begin} .. {end} are not constant.");
        }

        if (loop.Unroll || single)
        {
            for (long value = begin.Constant; value < end.Constant; value += loop.Step)
            {
                scope.Set(loop.Variable, value);
                Emit(loop.Body, scope, result);
            }

            scope.Clear(loop.Variable);
        }
        else if (!known || begin.Constant < end.Constant)
        {
            result.Add(loop with { Begin = begin, End = end, Body = Block(loop.Body, scope) });
        }
    }

    private static void Bind(Let let, Substitution scope, ImmutableArray<Statement>.Builder result)
    {
        Index left = scope.Apply(let.Left);
        Index right = scope.Apply(let.Right);
        Index? folded = (let.Operation, left.IsConstant && right.IsConstant) switch
        {
            (_, true) => Interpreter.Compute(let.Operation, left.Constant, right.Constant),
            (IndexOperation.Divide, _) when right is { IsConstant: true, Constant: 1 } => left,
            (IndexOperation.Remainder, _) when right is { IsConstant: true, Constant: 1 } => Index.Zero,
            _ => null,
        };
        if (folded is not null)
        {
            scope.Set(let.Variable, folded);
        }
        else
        {
            // The block may be expanded several times, each with its own value: a fresh variable per expansion keeps bindings apart.
            var fresh = new LoopVariable(let.Variable.Name);
            result.Add(new Let(fresh, let.Operation, left, right));
            scope.Set(let.Variable, fresh);
        }
    }

    private static void Choose(WhenEqual branch, Substitution scope, ImmutableArray<Statement>.Builder result)
    {
        Index left = scope.Apply(branch.Left);
        Index right = scope.Apply(branch.Right);
        if ((left - right).IsConstant)
        {
            Emit((left - right).Constant == 0 ? branch.Then : branch.Otherwise, scope, result);
        }
        else
        {
            result.Add(new WhenEqual(left, right, Block(branch.Then, scope), Block(branch.Otherwise, scope)));
        }
    }

    /// <summary>What each expanded variable stands for at this point.</summary>
    private sealed class Substitution
    {
        private readonly Dictionary<LoopVariable, Index> bindings = [];

        public void Set(LoopVariable variable, Index value) => bindings[variable] = value;

        public void Clear(LoopVariable variable) => bindings.Remove(variable);

        public Index Apply(Index index)
        {
            foreach ((LoopVariable variable, _) in index.Terms)
            {
                if (bindings.TryGetValue(variable, out Index? value))
                {
                    index = index.Substitute(variable, value);
                }
            }

            return index;
        }

        public ImmutableArray<Index> Apply(ImmutableArray<Index> indices) => indices.IsEmpty ? indices : [.. indices.Select(Apply)];

        public Value Apply(Value value) => value switch
        {
            Load load => new Load(load.Buffer, Apply(load.Offset)),
            Broadcast load => new Broadcast(load.Buffer, Apply(load.Offset)),
            Constant => value,
            Read read => new Read(read.Tile, Apply(read.Subscripts)),
            Unary unary => new Unary(unary.Operation, Apply(unary.Operand)),
            Reduction reduction => new Reduction(reduction.Operation, Apply(reduction.Operand)),
            FirstLanes first => new FirstLanes(first.Count, Apply(first.Operand), first.Rest),
            Binary binary => new Binary(binary.Operation, Apply(binary.Left), Apply(binary.Right)),
            MultiplyAdd fma => new MultiplyAdd(Apply(fma.Left), Apply(fma.Right), Apply(fma.Addend)),
            _ => throw new InvalidOperationException($"Unknown value {value.GetType().Name}."),
        };
    }
}
