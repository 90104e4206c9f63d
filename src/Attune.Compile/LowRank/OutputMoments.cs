namespace Attune.Compile.LowRank;

/// <summary>
/// Second moments of a layer's products, without bias and activation: for inputs x with second moments C and weights M, of which rows are inputs, those are
/// M^T C M.
/// </summary>
/// <param name="Sums">For each group the sum of the products of every two columns over all positions, row-major.</param>
/// <param name="Positions">Places of images, or rows, that were summed up.</param>
internal sealed record OutputMoments(float[][] Sums, long Positions);
