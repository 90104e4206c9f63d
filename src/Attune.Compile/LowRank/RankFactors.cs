namespace Attune.Compile.LowRank;

/// <summary>A matrix [m, n] approximated by the product of [m, rank] and [rank, n].</summary>
/// <param name="Left">Row-major, orthonormal columns.</param>
/// <param name="Right">Row-major.</param>
/// <param name="Rank">Columns of the left factor.</param>
/// <param name="RelativeError">Frobenius norm of the difference over that of the matrix.</param>
internal sealed record RankFactors(float[] Left, float[] Right, int Rank, double RelativeError);
