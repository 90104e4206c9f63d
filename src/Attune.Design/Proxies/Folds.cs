namespace Attune.Design.Proxies;

/// <summary>Deals rows to folds of cross-validation.</summary>
internal static class Folds
{
    /// <summary>Pairs of rows to train on and rows to test on; every row is tested once.</summary>
    /// <param name="rows">Rows, at least 2.</param>
    /// <param name="folds">Folds wanted; at most one per row.</param>
    /// <param name="random">Shuffles.</param>
    public static IEnumerable<(int[] Train, int[] Test)> Deal(int rows, int folds, Random random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        int count = Math.Min(folds, rows);
        int[] order = [.. Enumerable.Range(0, rows)];
        random.Shuffle(order);
        for (int f = 0; f < count; f++)
        {
            int fold = f;
            yield return ([.. order.Where((_, i) => i % count != fold)], [.. order.Where((_, i) => i % count == fold)]);
        }
    }

    public static double[] Pick(ReadOnlySpan<double> values, ReadOnlySpan<int> rows)
    {
        var picked = new double[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            picked[i] = values[rows[i]];
        }

        return picked;
    }
}
