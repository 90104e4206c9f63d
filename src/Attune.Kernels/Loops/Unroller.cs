namespace Attune.Kernels.Loops;

/// <summary>
/// Expands unrolled loops and loops of one iteration by substitution, and folds what is constant by then. Afterwards every register subscript is constant,
/// which is what lets the lowering keep register tiles in locals. Loops over groups and lanes stay, however short: they are the shape of the launch.
/// </summary>
internal sealed class Unroller : Rewriter
{
    // What each expanded variable stands for at this point.
    private readonly Dictionary<LoopVariable, Index> bindings = [];

    private Unroller()
    {
    }

    public static LoopProgram Run(LoopProgram program) => new Unroller().Rewrite(program);

    protected override void Rewrite(Loop loop)
    {
        Index begin = Rewrite(loop.Begin);
        Index end = Rewrite(loop.End);
        bool known = begin.IsConstant && end.IsConstant;
        bool bound = loop.Kind is LoopKind.Group or LoopKind.Lane;
        bool single = known && !bound && begin.Constant < end.Constant && begin.Constant + loop.Step >= end.Constant;
        if (loop.Kind == LoopKind.Unrolled && !known)
        {
            throw new InvalidOperationException($"Loop '{loop.Variable}' is to be unrolled but its bounds {begin} .. {end} are not constant.");
        }

        if (loop.Kind == LoopKind.Unrolled || single)
        {
            for (long value = begin.Constant; value < end.Constant; value += loop.Step)
            {
                bindings[loop.Variable] = value;
                Inline(loop.Body);
            }

            bindings.Remove(loop.Variable);
        }
        else if (bound || !known || begin.Constant < end.Constant)
        {
            Emit(loop with { Begin = begin, End = end, Body = Block(loop.Body) });
        }
    }

    protected override void Rewrite(Let let)
    {
        Index left = Rewrite(let.Left);
        Index right = Rewrite(let.Right);
        Index? folded = (let.Operation, left.IsConstant && right.IsConstant) switch
        {
            (_, true) => Interpreter.Compute(let.Operation, left.Constant, right.Constant),
            (IndexOperation.Divide, _) when right is { IsConstant: true, Constant: 1 } => left,
            (IndexOperation.Remainder, _) when right is { IsConstant: true, Constant: 1 } => Index.Zero,
            _ => null,
        };
        if (folded is not null)
        {
            bindings[let.Variable] = folded;
        }
        else
        {
            // The block may be expanded several times, each with its own value: a fresh variable per expansion keeps bindings apart.
            var fresh = new LoopVariable(let.Variable.Name);
            Emit(new Let(fresh, let.Operation, left, right));
            bindings[let.Variable] = fresh;
        }
    }

    protected override void Rewrite(When branch)
    {
        Index left = Rewrite(branch.Left);
        Index right = Rewrite(branch.Right);
        if (left - right is { IsConstant: true } difference)
        {
            Inline(Interpreter.Holds(branch.Comparison, difference.Constant, 0) ? branch.Then : branch.Otherwise);
        }
        else
        {
            Emit(new When(left, branch.Comparison, right, Block(branch.Then), Block(branch.Otherwise)));
        }
    }

    protected override Index Rewrite(Index index)
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
}
