namespace Attune.Design.Pareto;

/// <summary>
/// Fronts of two objectives, less cost and more value: a design is on the front when none is at least as good in both and better in one. Layers follow by
/// taking fronts away. Pure; n log n per layer. Of designs that are equal in both one stays, the first.
/// </summary>
public static class ParetoFront
{
    /// <summary>The front, by rising cost.</summary>
    /// <param name="cost">One per design, for example milliseconds; NaN leaves the design out.</param>
    /// <param name="value">One per design, for example accuracy; NaN leaves the design out.</param>
    /// <returns>Positions; along them cost and value rise strictly.</returns>
    public static int[] Of(ReadOnlySpan<double> cost, ReadOnlySpan<double> value) => Layers(cost, value, 1)[0];

    /// <summary>The front among some designs.</summary>
    public static int[] Among(ReadOnlySpan<int> designs, ReadOnlySpan<double> cost, ReadOnlySpan<double> value)
    {
        var costs = new double[designs.Length];
        var values = new double[designs.Length];
        for (int i = 0; i < designs.Length; i++)
        {
            costs[i] = cost[designs[i]];
            values[i] = value[designs[i]];
        }

        int[] local = Of(costs, values);
        for (int i = 0; i < local.Length; i++)
        {
            local[i] = designs[local[i]];
        }

        return local;
    }

    /// <summary>The first layers, each by rising cost.</summary>
    /// <param name="cost">One per design; NaN leaves it out.</param>
    /// <param name="value">One per design.</param>
    /// <param name="count">Layers, at least 1; later ones may be empty.</param>
    public static int[][] Layers(ReadOnlySpan<double> cost, ReadOnlySpan<double> value, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(value.Length, cost.Length);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        double[] costs = cost.ToArray();
        double[] values = value.ToArray();
        var left = new List<int>(costs.Length);
        for (int i = 0; i < costs.Length; i++)
        {
            if (!double.IsNaN(costs[i]) && !double.IsNaN(values[i]))
            {
                left.Add(i);
            }
        }

        left.Sort((a, b) => costs[a].CompareTo(costs[b]) is not 0 and var byCost ? byCost : values[b].CompareTo(
            values[a]) is not 0 and var byValue ? byValue : a.CompareTo(b));
        var layers = new int[count][];
        for (int layer = 0; layer < count; layer++)
        {
            var front = new List<int>();
            var rest = new List<int>();
            double best = double.NegativeInfinity;
            foreach (int i in left)
            {
                if (values[i] > best)
                {
                    best = values[i];
                    front.Add(i);
                }
                else
                {
                    rest.Add(i);
                }
            }

            layers[layer] = [.. front];
            left = rest;
        }

        return layers;
    }

    /// <summary>All designs of the first layers: the cheapest insurance against a proxy that orders neighbours wrongly.</summary>
    public static int[] Union(ReadOnlySpan<double> cost, ReadOnlySpan<double> value, int layers) => [.. Layers(cost, value, layers).SelectMany(layer => layer)];

    /// <summary>The most valuable of some designs within a budget; -1 when none is.</summary>
    public static int Best(ReadOnlySpan<int> designs, ReadOnlySpan<double> cost, ReadOnlySpan<double> value, double budget)
    {
        int best = -1;
        foreach (int i in designs)
        {
            if (cost[i] <= budget && (best < 0 || value[i] > value[best]))
            {
                best = i;
            }
        }

        return best;
    }
}
