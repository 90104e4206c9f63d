namespace Attune.Design.Pareto;

/// <summary>Area that a front dominates, up to a reference point: the larger the better. Pure.</summary>
public static class Hypervolume
{
    /// <summary>The area between designs and a reference point.</summary>
    /// <param name="designs">Positions.</param>
    /// <param name="cost">Costs.</param>
    /// <param name="value">Values.</param>
    /// <param name="maxCost">Cost of the reference point; costlier designs add nothing.</param>
    /// <param name="minValue">Value of the reference point.</param>
    public static double Of(ReadOnlySpan<int> designs, ReadOnlySpan<double> cost, ReadOnlySpan<double> value, double maxCost, double minValue)
    {
        double area = 0;
        double reached = minValue;
        foreach (int i in ParetoFront.Among(designs, cost, value))
        {
            if (cost[i] < maxCost && value[i] > reached)
            {
                area += (maxCost - cost[i]) * (value[i] - reached);
                reached = value[i];
            }
        }

        return area;
    }
}
