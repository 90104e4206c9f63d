namespace Attune.Compile.LowRank;

/// <summary>A matrix [m, n] approximated by the product of [m, rank] and [rank, n].</summary>
/// <param name="Left">Row-major; orthonormal columns where the matrix alone was looked at.</param>
/// <param name="Right">Row-major.</param>
/// <param name="Rank">Columns of the left factor.</param>
/// <param name="RelativeError">Frobenius norm of the difference over that of the matrix.</param>
internal sealed record RankFactors(float[] Left, float[] Right, int Rank, double RelativeError)
{
    /// <summary>Root mean square of the difference of products with typical inputs, over that of the products; null where none were looked at.</summary>
    public double? OutputError { get; init; }
}
