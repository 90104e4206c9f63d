namespace Attune.Learning.Ranking;

/// <summary>
/// AutoTVM's a-recall: how many of the truly best rows a model puts first, averaged over the length of the list. With rows ordered by falling prediction and
/// r_j the true rank of the j-th of them (0 the best), curve(i) = #{ j &lt; i : r_j &lt;= i } / (i + 1), and the value is the mean of curve(0) to curve(N - 1).
/// </summary>
public static class AverageRecall
{
    /// <summary>The average recall of predictions.</summary>
    /// <param name="predictions">Predicted merit per row; larger is better.</param>
    /// <param name="labels">True merit per row.</param>
    /// <param name="top">N, at least 1; more than there are rows means all of them.</param>
    /// <returns>A value in [0, 1); 0 without rows.</returns>
    public static double Of(ReadOnlySpan<float> predictions, ReadOnlySpan<float> labels, int top) => Of(predictions, RanksOf(labels), top);

    /// <summary>Rank of every value, 0 the largest; equal values in order of position.</summary>
    internal static int[] RanksOf(ReadOnlySpan<float> values)
    {
        int[] order = OrderOf(values);
        var ranks = new int[order.Length];
        for (int i = 0; i < order.Length; i++)
        {
            ranks[order[i]] = i;
        }

        return ranks;
    }

    internal static double Of(ReadOnlySpan<float> predictions, ReadOnlySpan<int> ranks, int top)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        int[] order = OrderOf(predictions);
        int length = Math.Min(top, order.Length);
        if (length == 0)
        {
            return 0;
        }

        // Row j starts to count at i = max(j + 1, its rank).
        var starting = new int[length];
        for (int j = 0; j < length; j++)
        {
            int from = Math.Max(j + 1, ranks[order[j]]);
            if (from < length)
            {
                starting[from]++;
            }
        }

        double sum = 0;
        int counting = 0;
        for (int i = 0; i < length; i++)
        {
            counting += starting[i];
            sum += counting / (i + 1.0);
        }

        return sum / length;
    }

    private static int[] OrderOf(ReadOnlySpan<float> values)
    {
        var keys = new float[values.Length];
        var order = new int[values.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = -values[i];
            order[i] = i;
        }

        // Introsort is not stable: positions break ties.
        keys.AsSpan().Sort(order.AsSpan());
        for (int from = 0; from < keys.Length;)
        {
            int to = from + 1;
            while (to < keys.Length && keys[to] == keys[from])
            {
                to++;
            }

            order.AsSpan(from, to - from).Sort();
            from = to;
        }

        return order;
    }
}
