namespace Attune.Kernels.Loops;

/// <summary>What must hold for matrix tiles: their extents fit the registers and each other, and what is used was written before.</summary>
internal sealed class TileRules
{
    private readonly HashSet<MatrixTile> written = [];

    /// <summary>What is wrong with the next statement on tiles; nothing when all is well.</summary>
    /// <param name="statement">A statement on tiles, in the order of the program.</param>
    public IEnumerable<string> Broken(Statement statement)
    {
        (MatrixTile[] reads, MatrixTile? writes, Buffer? buffer) = statement switch
        {
            TileZero zero => (Array.Empty<MatrixTile>(), zero.Tile, null),
            TileLoad load => ([], load.Tile, load.Buffer),
            TileStore store => ([store.Tile], null, store.Buffer),
            TileMultiply product => ((MatrixTile[])[product.Sums, product.Left, product.Right], product.Sums, (Buffer?)null),
            _ => throw new InvalidOperationException($"{statement.GetType().Name} has no tiles."),
        };
        foreach (MatrixTile tile in reads.Where(tile => !written.Contains(tile)))
        {
            yield return $"matrix tile '{tile}' is read before it is written";
        }

        if (writes is not null && written.Add(writes))
        {
            if (written.Count > MatrixTile.MaxTiles)
            {
                yield return $"there are more than {MatrixTile.MaxTiles} matrix tiles";
            }

            if (writes.Rows is < 1 or > MatrixTile.MaxRows || writes.Words is < 1 or > MatrixTile.MaxWords)
            {
                yield return $"matrix tile '{writes}' has {writes.Rows} x {writes.Words} words";
            }
        }

        if (buffer is { ElementBytes: not sizeof(int) })
        {
            yield return $"matrix tiles hold words of 32 bits, '{buffer}' holds {buffer.Element}";
        }

        if (statement is TileMultiply && reads.Distinct().Count() < reads.Length)
        {
            yield return $"a product takes three matrix tiles, and {string.Join(", ", reads.AsEnumerable())} are not";
        }

        if (statement is TileMultiply { Sums: var sums, Left: var left, Right: var right }
            && (left.Rows != sums.Rows || left.Words != right.Rows || right.Words != sums.Words))
        {
            yield return $"{left.Rows} x {left.Words} times {right.Rows} x {right.Words} are not {sums.Rows} x {sums.Words} words";
        }
    }
}
