using Attune.Learning.Clustering;

namespace Attune.Learning.Tests.Clustering;

public sealed class KMeansTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Separate_groups_are_found(bool plusPlus)
    {
        var random = new Random(1);
        double[] points = [.. Enumerable.Range(0, 90).SelectMany(i => new[] { (i % 3 * 100) + random.NextDouble(), (i % 3 * -50) + random.NextDouble() })];
        Clusters clusters = KMeans.Fit(points, 2, 3, random, new() { PlusPlus = plusPlus, Restarts = 10 });
        clusters.Count(2).ShouldBe(3);
        for (int i = 0; i < 90; i++)
        {
            clusters.Assignment[i].ShouldBe(clusters.Assignment[i % 3]);
        }

        clusters.Assignment[..3].ShouldBeUnique();
        clusters.Loss.ShouldBeLessThan(90 * 2 * 0.25);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(40)]
    public void Every_point_belongs_to_its_nearest_centre_and_the_loss_is_the_sum(int k)
    {
        var random = new Random(k);
        double[] points = [.. Enumerable.Range(0, 120).Select(_ => (double)random.Next(10))];
        Clusters clusters = KMeans.Fit(points, 3, k, random);
        double sum = 0;
        for (int p = 0; p < 40; p++)
        {
            double[] distances = [.. Enumerable.Range(0, clusters.Count(3)).Select(
                c => Enumerable.Range(0, 3).Sum(d => Math.Pow(points[(3 * p) + d] - clusters.Centroids[(3 * c) + d], 2)))];
            distances[clusters.Assignment[p]].ShouldBe(distances.Min(), 1e-9);
            sum += distances.Min();
        }

        clusters.Loss.ShouldBe(sum, 1e-9);
    }

    [Fact]
    public void As_many_clusters_as_points_leave_no_loss_and_one_cluster_has_the_mean()
    {
        double[] points = [1, 5, 9, 20];
        KMeans.Fit(points, 1, 9, new Random(1)).Loss.ShouldBe(0);
        KMeans.Fit(points, 1, 1, new Random(1)).Centroids.ShouldBe([8.75]);
        KMeans.Fit(points, 1, 1, new Random(1), new() { WholeCentroids = true }).Centroids.ShouldBe([8]);
        KMeans.Fit([3, 3, 3, 3], 1, 2, new Random(1)).Loss.ShouldBe(0);
    }

    [Fact]
    public void Misuse_is_refused()
    {
        Should.Throw<ArgumentException>(() => KMeans.Fit([1, 2, 3], 2, 1, new Random(1)));
        Should.Throw<ArgumentException>(() => KMeans.Fit([], 1, 1, new Random(1)));
        Should.Throw<ArgumentException>(() => KMeans.Fit([1], 1, 1, new Random(1), new() { Restarts = 0 }));
    }

    [Fact]
    public void The_published_rule_stops_at_the_first_small_gain()
    {
        // 100 -> 30 is a cut by 3.3, 30 -> 10 by 3, 10 -> 5 by 2 only.
        Elbow.FirstSmallGain([100, 30, 10, 5, 1], 2.5).ShouldBe(3);
        Elbow.FirstSmallGain([100, 30, 10], 2.5).ShouldBe(2);
        Elbow.FirstSmallGain([100, 99], 2.5).ShouldBe(1);
    }

    [Fact]
    public void The_chord_rule_finds_the_bend()
    {
        // The chord falls by 24.75 a step, so the losses lie 0, 55.25, 40.5, 20.75 and 0 below it.
        Elbow.FarthestFromChord([100, 20, 10, 5, 1]).ShouldBe(1);
        Elbow.FarthestFromChord([5, 5, 5]).ShouldBe(0);
        Elbow.FarthestFromChord([7]).ShouldBe(0);
    }
}
