namespace Attune.Learning.Clustering;

/// <summary>Parameters of <see cref="KMeans"/>.</summary>
public sealed record KMeansOptions
{
    /// <summary>True starts from k-means++ (Arthur and Vassilvitskii, SODA 2007), false from distinct random points. Default true.</summary>
    public bool PlusPlus { get; init; } = true;

    /// <summary>Independent starts, of which the one with the least loss counts. Range 1 to 100. Default 3.</summary>
    public int Restarts { get; init; } = 3;

    /// <summary>Rounds of assignment and averaging at most, per start. Range 1 to 10,000. Default 100.</summary>
    public int Iterations { get; init; } = 100;

    /// <summary>True cuts centroids to whole numbers after every averaging, as CHAMELEON's published code does. Default false.</summary>
    public bool WholeCentroids { get; init; }

    /// <summary>Checks every range.</summary>
    /// <exception cref="ArgumentException">A value is out of range.</exception>
    public KMeansOptions Validated() => Restarts is >= 1 and <= 100 && Iterations is >= 1 and <= 10_000
        ? this
        : throw new ArgumentException($"K-means: Restarts {Restarts} must be in 1..100 and Iterations {Iterations} in 1..10000.");
}
