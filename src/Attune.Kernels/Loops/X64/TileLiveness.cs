using System.Collections.Immutable;

namespace Attune.Kernels.Loops.X64;

/// <summary>
/// Finds which elements of register tiles must lie in one place throughout a loop or both sides of a branch: those that are written there and whose value
/// counts afterwards, in the next iteration or behind. All others may lie somewhere else each time that they are written.
/// </summary>
internal sealed class TileLiveness
{
    private readonly Dictionary<Statement, HashSet<(RegisterTile, long)>> carried = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Statement, Effects> effects = new(ReferenceEqualityComparer.Instance);
    private readonly TileReads reads = new();

    private TileLiveness()
    {
    }

    /// <summary>Looks through a program without unrolled loops.</summary>
    public static TileLiveness Of(ImmutableArray<Statement> body)
    {
        var liveness = new TileLiveness();
        liveness.Follow(body, []);
        return liveness;
    }

    /// <summary>Elements that must lie in one place in a loop or branch.</summary>
    public IReadOnlyCollection<(RegisterTile Tile, long Element)> CarriedThrough(Statement statement) =>
        carried.TryGetValue(statement, out HashSet<(RegisterTile, long)>? found) ? found : [];

    /// <summary>The number of a tile's element. Subscripts are constant.</summary>
    public static long ElementOf(RegisterTile tile, ImmutableArray<Index> subscripts)
    {
        long element = 0;
        for (int i = 0; i < subscripts.Length; i++)
        {
            element = subscripts[i].IsConstant
                ? (element * tile.Extents[i]) + subscripts[i].Constant
                : throw new InvalidOperationException($"Subscript {subscripts[i]} of register tile '{tile}' is not constant.");
        }

        return element;
    }

    // Goes through a block backwards, from what is alive behind it to what is alive before it.
    private void Follow(ImmutableArray<Statement> body, HashSet<(RegisterTile, long)> behind)
    {
        HashSet<(RegisterTile, long)> alive = [.. behind];
        for (int i = body.Length - 1; i >= 0; i--)
        {
            switch (body[i])
            {
                case Loop loop:
                    HashSet<(RegisterTile, long)> head = [.. alive, .. EffectsOf(loop).Read];
                    Carry(loop, head);
                    Follow(loop.Body, head);
                    break;
                case When branch:
                    Carry(branch, alive);
                    Follow(branch.Then, alive);
                    Follow(branch.Otherwise, alive);
                    break;
                case Assign assign:
                    alive.Remove((assign.Tile, ElementOf(assign.Tile, assign.Subscripts)));
                    break;
            }

            if (body[i] is Loop or When)
            {
                Effects one = EffectsOf(body[i]);
                alive.ExceptWith(one.Overwritten);
                alive.UnionWith(one.Read);
            }
            else
            {
                alive.UnionWith(reads.Of(body[i]));
            }
        }
    }

    private void Carry(Statement statement, HashSet<(RegisterTile, long)> counts) =>
        carried[statement] = [.. CarriedThrough(statement), .. EffectsOf(statement).Written.Where(counts.Contains)];

    private Effects EffectsOf(ImmutableArray<Statement> body)
    {
        var sum = new Effects([], [], []);
        foreach (Statement statement in body)
        {
            if (statement is Loop or When)
            {
                Effects one = EffectsOf(statement);
                sum.Read.UnionWith(one.Read.Where(element => !sum.Overwritten.Contains(element)));
                sum.Overwritten.UnionWith(one.Overwritten);
                sum.Written.UnionWith(one.Written);
                continue;
            }

            foreach ((RegisterTile, long) element in reads.Of(statement))
            {
                if (!sum.Overwritten.Contains(element))
                {
                    sum.Read.Add(element);
                }
            }

            if (statement is Assign assign)
            {
                (RegisterTile, long) written = (assign.Tile, ElementOf(assign.Tile, assign.Subscripts));
                sum.Overwritten.Add(written);
                sum.Written.Add(written);
            }
        }

        return sum;
    }

    // Of a loop or branch.
    private Effects EffectsOf(Statement statement)
    {
        if (effects.TryGetValue(statement, out Effects? known))
        {
            return known;
        }

        Effects found;
        if (statement is Loop loop)
        {
            Effects body = EffectsOf(loop.Body);
            found = body with { Overwritten = RunsAtLeastOnce(loop) ? body.Overwritten : [] };
        }
        else
        {
            var branch = (When)statement;
            Effects then = EffectsOf(branch.Then);
            Effects otherwise = EffectsOf(branch.Otherwise);
            found = new Effects(
                [.. then.Read, .. otherwise.Read], [.. then.Overwritten.Intersect(otherwise.Overwritten)], [.. then.Written, .. otherwise.Written]);
        }

        return effects[statement] = found;
    }

    private static bool RunsAtLeastOnce(Loop loop) => loop.Begin.IsConstant && loop.End.IsConstant && loop.Begin.Constant < loop.End.Constant;

    /// <summary>Elements whose value from before a loop or branch reads, those that it writes for certain, and those that it may write.</summary>
    private sealed record Effects(HashSet<(RegisterTile, long)> Read, HashSet<(RegisterTile, long)> Overwritten, HashSet<(RegisterTile, long)> Written);

    /// <summary>Elements that a statement reads which is neither a loop nor a branch.</summary>
    private sealed class TileReads : Walker
    {
        private readonly List<(RegisterTile, long)> found = [];

        /// <summary>The elements; valid until the next call.</summary>
        public List<(RegisterTile, long)> Of(Statement statement)
        {
            found.Clear();
            Visit(statement);
            return found;
        }

        protected override void Visit(Value value)
        {
            base.Visit(value);
            if (value is Read read)
            {
                found.Add((read.Tile, ElementOf(read.Tile, read.Subscripts)));
            }
        }
    }
}
