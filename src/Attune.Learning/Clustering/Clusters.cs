namespace Attune.Learning.Clustering;

/// <summary>What k-means found.</summary>
/// <param name="Centroids">Centres, one after the other.</param>
/// <param name="Assignment">Per point the number of its cluster.</param>
/// <param name="Loss">Sum of squared distances of points to their centres.</param>
public sealed record Clusters(double[] Centroids, int[] Assignment, double Loss)
{
    /// <summary>Number of clusters, empty ones included.</summary>
    /// <param name="dimensions">Numbers per point.</param>
    public int Count(int dimensions) => Centroids.Length / dimensions;
}
