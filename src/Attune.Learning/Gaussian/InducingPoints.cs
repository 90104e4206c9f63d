namespace Attune.Learning.Gaussian;

/// <summary>
/// Where inducing points start, and how an inner layer's fixed mean function projects: k-means centres and principal directions. Pure but for the given
/// randomness.
/// </summary>
internal static class InducingPoints
{
    private const int RowsLookedAt = 2000;
    private const int Rounds = 6;

    /// <summary>
    /// Centres of a k-means clustering (k-means++ start, a few Lloyd rounds on at most 2000 rows), row-major; all rows when there are no more than centres.
    /// </summary>
    public static double[] Choose(double[] rows, int columns, int count, Random random)
    {
        int n = rows.Length / columns;
        if (n <= count)
        {
            return (double[])rows.Clone();
        }

        int[] order = [.. Enumerable.Range(0, n)];
        random.Shuffle(order);
        double[][] looked = [.. order.Take(RowsLookedAt).Select(i => rows.AsSpan(i * columns, columns).ToArray())];
        List<double[]> centres = Spread(looked, count, random);
        var nearest = new int[looked.Length];
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < looked.Length; i++)
            {
                nearest[i] = Nearest(centres, looked[i]);
            }

            for (int c = 0; c < centres.Count; c++)
            {
                double[][] members = [.. looked.Where((_, i) => nearest[i] == c)];
                for (int k = 0; k < columns && members.Length > 0; k++)
                {
                    centres[c][k] = members.Average(member => member[k]);
                }
            }
        }

        return [.. centres.SelectMany(centre => centre)];
    }

    /// <summary>
    /// A linear map from columns to fewer outputs: the principal directions of the rows, scaled so that the outputs have variance 1; the identity, padded with
    /// zeros, for as many or more outputs.
    /// </summary>
    /// <returns>columns x outputs, row-major.</returns>
    public static double[] Map(double[] rows, int columns, int outputs)
    {
        var map = new double[columns * outputs];
        if (outputs >= columns)
        {
            for (int k = 0; k < columns; k++)
            {
                map[(k * outputs) + k] = 1;
            }

            return map;
        }

        double[] covariance = CovarianceOf(rows, columns);
        var direction = new double[columns];
        for (int d = 0; d < outputs; d++)
        {
            double value = Principal(covariance, columns, direction);
            for (int k = 0; k < columns; k++)
            {
                map[(k * outputs) + d] = direction[k] / Math.Sqrt(Math.Max(value, 1e-3));
                Rows.AddScaled(covariance.AsSpan(k * columns, columns), direction, -value * direction[k]);
            }
        }

        return map;
    }

    /// <summary>Rows times a map.</summary>
    public static double[] Project(double[] rows, int columns, double[] map)
    {
        int outputs = map.Length / columns;
        int n = rows.Length / columns;
        var projected = new double[n * outputs];
        for (int i = 0; i < n; i++)
        {
            for (int k = 0; k < columns; k++)
            {
                Rows.AddScaled(projected.AsSpan(i * outputs, outputs), map.AsSpan(k * outputs, outputs), rows[(i * columns) + k]);
            }
        }

        return projected;
    }

    private static List<double[]> Spread(double[][] rows, int count, Random random)
    {
        var centres = new List<double[]> { (double[])rows[0].Clone() };
        var distances = new double[rows.Length];
        Array.Fill(distances, double.PositiveInfinity);
        while (centres.Count < count)
        {
            double total = 0;
            for (int i = 0; i < rows.Length; i++)
            {
                distances[i] = Math.Min(distances[i], Squared(rows[i], centres[^1]));
                total += distances[i];
            }

            double draw = random.NextDouble() * total;
            int chosen = 0;
            while (chosen < rows.Length - 1 && draw >= distances[chosen])
            {
                draw -= distances[chosen++];
            }

            centres.Add((double[])rows[chosen].Clone());
        }

        return centres;
    }

    private static int Nearest(List<double[]> centres, double[] row)
    {
        int best = 0;
        double min = double.PositiveInfinity;
        for (int c = 0; c < centres.Count; c++)
        {
            double distance = Squared(centres[c], row);
            if (distance < min)
            {
                (best, min) = (c, distance);
            }
        }

        return best;
    }

    private static double Squared(double[] a, double[] b)
    {
        double sum = 0;
        for (int k = 0; k < a.Length; k++)
        {
            sum += (a[k] - b[k]) * (a[k] - b[k]);
        }

        return sum;
    }

    private static double[] CovarianceOf(double[] rows, int columns)
    {
        int n = rows.Length / columns;
        var covariance = new double[columns * columns];
        for (int i = 0; i < n; i++)
        {
            ReadOnlySpan<double> row = rows.AsSpan(i * columns, columns);
            for (int k = 0; k < columns; k++)
            {
                Rows.AddScaled(covariance.AsSpan(k * columns, columns), row, row[k] / n);
            }
        }

        return covariance;
    }

    /// <summary>Largest eigenvalue by power iteration; fills its direction.</summary>
    private static double Principal(double[] matrix, int size, double[] direction)
    {
        // A start that no symmetry makes orthogonal to a direction.
        for (int k = 0; k < size; k++)
        {
            direction[k] = 1 + (0.1 * Math.Sin(k + 1));
        }

        double value = 0;
        for (int round = 0; round < 100; round++)
        {
            double[] next = [.. Enumerable.Range(0, size).Select(k => Rows.Dot(matrix.AsSpan(k * size, size), direction))];
            value = Math.Sqrt(Rows.Dot(next, next));
            if (value < 1e-12)
            {
                Rows.Scale(direction, 1 / Math.Sqrt(Rows.Dot(direction, direction)));
                return 0;
            }

            Rows.Scale(next, 1 / value);
            next.CopyTo(direction, 0);
        }

        return value;
    }
}
