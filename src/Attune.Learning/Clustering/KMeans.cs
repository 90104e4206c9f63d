namespace Attune.Learning.Clustering;

/// <summary>
/// Lloyd's k-means with k-means++ starts and squared Euclidean distances. A cluster that loses all its points is moved to a random point. Stops when no point
/// changes its cluster. Cost O(restarts * iterations * points * k * dimensions). Deterministic for the state of the generator.
/// </summary>
public static class KMeans
{
    /// <summary>Clusters points.</summary>
    /// <param name="points">Coordinates, point after point; finite.</param>
    /// <param name="dimensions">Numbers per point, at least 1.</param>
    /// <param name="k">Clusters, at least 1; more than there are points means as many as points.</param>
    /// <param name="random">Source of randomness.</param>
    /// <param name="options">Parameters; null takes the defaults.</param>
    /// <exception cref="ArgumentException">There is no point, or the coordinates are not a whole number of points.</exception>
    public static Clusters Fit(ReadOnlySpan<double> points, int dimensions, int k, Random random, KMeansOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        if (points.IsEmpty || points.Length % dimensions != 0)
        {
            throw new ArgumentException($"{points.Length} coordinates are not one or more points of {dimensions}.", nameof(points));
        }

        KMeansOptions parameters = (options ?? new KMeansOptions()).Validated();
        int clusters = Math.Min(k, points.Length / dimensions);
        Clusters? best = null;
        for (int start = 0; start < parameters.Restarts; start++)
        {
            Clusters found = Once(points, dimensions, clusters, random, parameters);
            if (best is null || found.Loss < best.Loss)
            {
                best = found;
            }
        }

        return best!;
    }

    private static Clusters Once(ReadOnlySpan<double> points, int dimensions, int k, Random random, KMeansOptions options)
    {
        int count = points.Length / dimensions;
        double[] centroids = options.PlusPlus ? Spread(points, dimensions, k, random) : Draw(points, dimensions, k, random);
        var assignment = new int[count];
        Array.Fill(assignment, -1);
        for (int iteration = 0; iteration < options.Iterations && Assign(points, dimensions, centroids, assignment); iteration++)
        {
            Average(points, dimensions, centroids, assignment, random);
            if (options.WholeCentroids)
            {
                for (int i = 0; i < centroids.Length; i++)
                {
                    centroids[i] = Math.Truncate(centroids[i]);
                }
            }
        }

        Assign(points, dimensions, centroids, assignment);
        double loss = 0;
        for (int p = 0; p < count; p++)
        {
            loss += Squared(Point(points, dimensions, p), Point(centroids, dimensions, assignment[p]));
        }

        return new Clusters(centroids, assignment, loss);
    }

    private static double[] Draw(ReadOnlySpan<double> points, int dimensions, int k, Random random)
    {
        int[] order = [.. Enumerable.Range(0, points.Length / dimensions)];
        random.Shuffle(order);
        var centroids = new double[k * dimensions];
        for (int c = 0; c < k; c++)
        {
            Point(points, dimensions, order[c]).CopyTo(centroids.AsSpan(c * dimensions));
        }

        return centroids;
    }

    private static double[] Spread(ReadOnlySpan<double> points, int dimensions, int k, Random random)
    {
        int count = points.Length / dimensions;
        var centroids = new double[k * dimensions];
        var nearest = new double[count];
        Array.Fill(nearest, double.PositiveInfinity);
        int chosen = random.Next(count);
        for (int c = 0; c < k; c++)
        {
            ReadOnlySpan<double> centre = Point(points, dimensions, chosen);
            centre.CopyTo(centroids.AsSpan(c * dimensions));
            double total = 0;
            for (int p = 0; p < count; p++)
            {
                nearest[p] = Math.Min(nearest[p], Squared(Point(points, dimensions, p), centre));
                total += nearest[p];
            }

            double place = random.NextDouble() * total;
            chosen = random.Next(count);
            for (int p = 0; p < count && total > 0; p++)
            {
                place -= nearest[p];
                if (place < 0 && nearest[p] > 0)
                {
                    chosen = p;
                    break;
                }
            }
        }

        return centroids;
    }

    private static bool Assign(ReadOnlySpan<double> points, int dimensions, double[] centroids, int[] assignment)
    {
        bool changed = false;
        for (int p = 0; p < assignment.Length; p++)
        {
            int best = 0;
            double min = double.PositiveInfinity;
            for (int c = 0; c < centroids.Length / dimensions; c++)
            {
                double distance = Squared(Point(points, dimensions, p), Point(centroids, dimensions, c));
                if (distance < min)
                {
                    (best, min) = (c, distance);
                }
            }

            changed |= assignment[p] != best;
            assignment[p] = best;
        }

        return changed;
    }

    private static void Average(ReadOnlySpan<double> points, int dimensions, double[] centroids, int[] assignment, Random random)
    {
        Array.Clear(centroids);
        var sizes = new int[centroids.Length / dimensions];
        for (int p = 0; p < assignment.Length; p++)
        {
            sizes[assignment[p]]++;
            for (int d = 0; d < dimensions; d++)
            {
                centroids[(assignment[p] * dimensions) + d] += points[(p * dimensions) + d];
            }
        }

        for (int c = 0; c < sizes.Length; c++)
        {
            Span<double> centre = centroids.AsSpan(c * dimensions, dimensions);
            if (sizes[c] == 0)
            {
                Point(points, dimensions, random.Next(assignment.Length)).CopyTo(centre);
                continue;
            }

            foreach (ref double coordinate in centre)
            {
                coordinate /= sizes[c];
            }
        }
    }

    private static ReadOnlySpan<double> Point(ReadOnlySpan<double> all, int dimensions, int number) => all.Slice(number * dimensions, dimensions);

    private static double Squared(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }

        return sum;
    }
}
