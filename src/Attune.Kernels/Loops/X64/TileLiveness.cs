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
    private HashSet<(RegisterTile, long)> Follow(ImmutableArray<Statement> body, HashSet<(RegisterTile, long)> behind)
    {
        HashSet<(RegisterTile, long)> alive = [.. behind];
        for (int i = body.Length - 1; i >= 0; i--)
        {
            switch (body[i])
            {
                case Loop loop:
                    HashSet<(RegisterTile, long)> head = [.. alive, .. EffectsOf(loop.Body).Read];
                    Carry(loop, head, [loop.Body]);
                    Follow(loop.Body, head);
                    break;
                case When branch:
                    Carry(branch, alive, [branch.Then, branch.Otherwise]);
                    Follow(branch.Then, alive);
                    Follow(branch.Otherwise, alive);
                    break;
            }

            Effects one = EffectsOf(body[i]);
            alive.ExceptWith(one.Overwritten);
            alive.UnionWith(one.Read);
        }

        return alive;
    }

    private void Carry(Statement statement, HashSet<(RegisterTile, long)> counts, ImmutableArray<Statement>[] blocks)
    {
        HashSet<(RegisterTile, long)> found = [.. CarriedThrough(statement)];
        foreach (ImmutableArray<Statement> block in blocks)
        {
            found.UnionWith(EffectsOf(block).Written.Where(counts.Contains));
        }

        carried[statement] = found;
    }

    private Effects EffectsOf(ImmutableArray<Statement> body)
    {
        var sum = new Effects([], [], []);
        foreach (Statement statement in body)
        {
            Effects one = EffectsOf(statement);
            sum.Read.UnionWith(one.Read.Where(element => !sum.Overwritten.Contains(element)));
            sum.Overwritten.UnionWith(one.Overwritten);
            sum.Written.UnionWith(one.Written);
        }

        return sum;
    }

    private Effects EffectsOf(Statement statement)
    {
        if (effects.TryGetValue(statement, out Effects? known))
        {
            return known;
        }

        Effects found;
        switch (statement)
        {
            case Loop loop:
                Effects body = EffectsOf(loop.Body);
                found = body with { Overwritten = RunsAtLeastOnce(loop) ? body.Overwritten : [] };
                break;
            case When branch:
                Effects then = EffectsOf(branch.Then);
                Effects otherwise = EffectsOf(branch.Otherwise);
                found = new Effects(
                    [.. then.Read, .. otherwise.Read], [.. then.Overwritten.Intersect(otherwise.Overwritten)], [.. then.Written, .. otherwise.Written]);
                break;
            default:
                (RegisterTile, long)[] written = statement is Assign assign ? [(assign.Tile, ElementOf(assign.Tile, assign.Subscripts))] : [];
                found = new Effects(TileReads.Of(statement), [.. written], [.. written]);
                break;
        }

        return effects[statement] = found;
    }

    private static bool RunsAtLeastOnce(Loop loop) => loop.Begin.IsConstant && loop.End.IsConstant && loop.Begin.Constant < loop.End.Constant;

    /// <summary>What a statement does to elements: those whose value from before it reads, those that it writes for certain, those that it may write.</summary>
    private sealed record Effects(HashSet<(RegisterTile, long)> Read, HashSet<(RegisterTile, long)> Overwritten, HashSet<(RegisterTile, long)> Written);

    private sealed class TileReads : Walker
    {
        private readonly HashSet<(RegisterTile, long)> found = [];

        public static HashSet<(RegisterTile, long)> Of(Statement statement)
        {
            var reads = new TileReads();
            reads.Visit(statement);
            return reads.found;
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
