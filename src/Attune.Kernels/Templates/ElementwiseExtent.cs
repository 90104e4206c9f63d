namespace Attune.Kernels.Templates;

/// <summary>What an element-wise kernel visits: images x channel blocks x rows x vectors of a row.</summary>
/// <param name="Images">Images.</param>
/// <param name="Blocks">Channel blocks.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Vectors">Vectors per row.</param>
internal sealed record ElementwiseExtent(int Images, int Blocks, int Rows, int Vectors)
{
    private const int MaxVectorsPerRow = 256;

    /// <summary>Dense memory as rows of equal length, as long as they may be; the last vector may be partial.</summary>
    /// <param name="count">Elements, above 0.</param>
    /// <param name="lanes">Vector lanes.</param>
    public static ElementwiseExtent Flat(int count, int lanes)
    {
        int vectors = (count + lanes - 1) / lanes;
        int perRow = Enumerable.Range(1, Math.Min(MaxVectorsPerRow, vectors)).Last(length => vectors % length == 0);
        return new ElementwiseExtent(1, 1, vectors / perRow, perRow);
    }

    /// <summary>View of dense memory that <see cref="Flat"/> visits.</summary>
    /// <param name="lanes">Vector lanes.</param>
    public ActivationView Line(int lanes) => new(0, 0, 0, 1, (long)Vectors * lanes, lanes);
}
