namespace Attune.Design.Pareto;

/// <summary>
/// Finds the best design of a proxy's front within a budget on the target with few measurements: bisection along the front, which is right under strong
/// monotonicity, then a window around the place, which repairs small disorder. For boards on which a measurement takes minutes; measuring the whole front is
/// better otherwise.
/// </summary>
public static class BudgetBisection
{
    private const int Before = 2;
    private const int After = 3;

    /// <summary>Searches.</summary>
    /// <param name="front">The proxy's front, by rising cost there and so by rising value.</param>
    /// <param name="value">Value of every design.</param>
    /// <param name="budget">Most cost on the target.</param>
    /// <param name="measure">Cost of a design on the target; NaN when it does not run. Asked once per design.</param>
    /// <param name="window">True measures the neighbours too.</param>
    /// <param name="skips">
    /// True passes over designs that do not run, to the next cheaper one that does; false takes them for too slow, as the papers do.
    /// </param>
    public static BisectionResult Search(
        ReadOnlySpan<int> front, ReadOnlySpan<double> value, double budget, Func<int, double> measure, bool window = true, bool skips = true)
    {
        var measured = new Dictionary<int, double>();
        int low = -1;
        int high = front.Length;
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            int asked = middle;
            // A design that does not run says nothing about the budget.
            while (skips && asked > low + 1 && double.IsNaN(Measured(front[asked])))
            {
                asked--;
            }

            if (Measured(front[asked]) <= budget)
            {
                low = middle;
            }
            else
            {
                high = asked;
            }
        }

        for (int i = Math.Max(0, low - Before); window && i <= Math.Min(front.Length - 1, low + After); i++)
        {
            Measured(front[i]);
        }

        int best = BestWithin(value);
        for (int i = Math.Min(front.Length - 1, low); best < 0 && i >= 0; i--)
        {
            Measured(front[i]);
            best = BestWithin(value);
        }

        return new BisectionResult(best, best < 0 ? double.NaN : measured[best], measured.Count);

        double Measured(int design)
        {
            if (!measured.TryGetValue(design, out double cost))
            {
                cost = measure(design);
                measured[design] = cost;
            }

            return cost;
        }

        int BestWithin(ReadOnlySpan<double> values)
        {
            int found = -1;
            foreach ((int design, double cost) in measured)
            {
                if (cost <= budget && (found < 0 || values[design] > values[found]))
                {
                    found = design;
                }
            }

            return found;
        }
    }
}
