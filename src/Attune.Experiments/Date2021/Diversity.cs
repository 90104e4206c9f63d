using System.Collections.Immutable;
using Attune.Experiments.Reports;
using Attune.Experiments.Setup;
using Attune.Kernels.Spaces;
using Attune.Tuning.Search;

namespace Attune.Experiments.Date2021;

/// <summary>
/// The paper's picture of diversity: initial sets of BTED beside random ones of the same size. Distances are Euclidean in the features of evaluation functions,
/// each standardised over a random sample of the space, so that no knob's unit decides.
/// </summary>
public static class Diversity
{
    private const int SampleSize = 512;
    private const int PowerSteps = 60;

    /// <summary>Describes both sets of a task.</summary>
    /// <param name="task">The task.</param>
    /// <param name="points">Points per set, at least 2; a space with fewer gives what it has.</param>
    /// <param name="seed">Seed of both sets.</param>
    public static ImmutableArray<DiversityRow> Of(ExperimentTask task, int points, int seed)
    {
        Space space = task.Tuning.Space;
        double[][] sample = FeaturesOf(space, Ask("random", space, SampleSize, seed + 1_000_003));
        if (sample.Length < 2)
        {
            return [];
        }

        Standardise standard = Standardise.Of(sample);
        double[][] sampled = [.. sample.Select(standard.Apply)];
        double[][] axes = Axes(sampled);
        return
        [
            .. new[] { ("bted", "BTED"), ("random", "random") }.Select(set =>
            {
                double[][] chosen = [.. FeaturesOf(space, Ask(set.Item1, space, points, seed)).Select(standard.Apply)];
                return new DiversityRow(
                    task.Group,
                    task.Tuning.Name,
                    set.Item2,
                    chosen.Length,
                    chosen.Length < 2 ? 0 : chosen.Average(point => chosen.Where(other => !ReferenceEquals(other, point)).Min(other => Distance(point, other))),
                    sampled.Average(point => chosen.Min(other => Distance(point, other))),
                    [.. chosen.Select(point => ChartPoint.At(Dot(point, axes[0]), Dot(point, axes[1])))]);
            }),
        ];
    }

    private static ImmutableArray<long> Ask(string tuner, Space space, int count, int seed) =>
        SearcherCatalog.Create(tuner, space, new SearcherOptions { Seed = seed, InitialPoints = count, ExpectedTrials = Math.Max(count, 1) }).Ask(count);

    private static double[][] FeaturesOf(Space space, ImmutableArray<long> points) => [.. points.Select(space.Features)];

    private static double Distance(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }

        return Math.Sqrt(sum);
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    /// <summary>The two largest principal components by power iteration; the second one orthogonal to the first.</summary>
    private static double[][] Axes(double[][] rows)
    {
        int width = rows[0].Length;
        var axes = new List<double[]>();
        for (int axis = 0; axis < 2; axis++)
        {
            double[] direction = [.. Enumerable.Range(0, width).Select(i => 1.0 + (((i * 7) + (axis * 3)) % 5))];
            for (int step = 0; step < PowerSteps; step++)
            {
                var next = new double[width];
                foreach (double[] row in rows)
                {
                    double weight = Dot(row, direction);
                    for (int i = 0; i < width; i++)
                    {
                        next[i] += weight * row[i];
                    }
                }

                foreach (double[] earlier in axes)
                {
                    double along = Dot(next, earlier);
                    for (int i = 0; i < width; i++)
                    {
                        next[i] -= along * earlier[i];
                    }
                }

                double length = Math.Sqrt(Dot(next, next));
                if (length < 1e-12)
                {
                    break;
                }

                direction = [.. next.Select(value => value / length)];
            }

            axes.Add(direction);
        }

        return [.. axes];
    }

    private sealed record Standardise(double[] Means, double[] Scales)
    {
        public static Standardise Of(double[][] rows)
        {
            int width = rows[0].Length;
            double[] means = [.. Enumerable.Range(0, width).Select(i => rows.Average(row => row[i]))];
            double[] scales = [.. Enumerable.Range(0, width).Select(i => Math.Sqrt(rows.Average(row => (row[i] - means[i]) * (row[i] - means[i]))))];
            return new Standardise(means, scales);
        }

        public double[] Apply(double[] row) => [.. row.Select((value, i) => Scales[i] > 1e-12 ? (value - Means[i]) / Scales[i] : 0)];
    }
}
