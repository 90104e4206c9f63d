namespace Attune.Kernels.Templates.Strassen;

/// <summary>
/// Winograd's form of Strassen's algorithm: a 2x2 block product with 7 instead of 8 multiplications (Winograd 1971; Higham 2002, section 23.2).
/// Blocks are numbered row-major: A[0..3] = A11, A12, A21, A22. Applied twice it needs 49 instead of 64.
/// </summary>
internal static class StrassenAlgebra
{
    /// <summary>Multiplications of one level.</summary>
    public const int Products = 7;

    /// <summary>Row p holds the coefficients of B11, B12, B21, B22 in the right factor of product p.</summary>
    public static readonly int[][] Right =
    [
        [1, 0, 0, 0],
        [0, 0, 1, 0],
        [0, 0, 0, 1],
        [1, -1, -1, 1],
        [-1, 1, 0, 0],
        [1, -1, 0, 1],
        [0, -1, 0, 1],
    ];

    /// <summary>Products of a number of levels.</summary>
    public static int Points(int levels) => levels == 1 ? Products : Products * Products;

    /// <summary>
    /// The terms of the right factor of a product: coefficient, row part and column part, parts counted over all levels.
    /// Point p of two levels is 7 * outer + inner, part q of two levels is 2 * outer + inner.
    /// </summary>
    public static IEnumerable<(int Coefficient, int Row, int Column)> RightTerms(int levels, int point)
    {
        if (levels == 1)
        {
            return Terms(point);
        }

        return from outer in Terms(point / Products)
               from inner in Terms(point % Products)
               select (outer.Coefficient * inner.Coefficient, (2 * outer.Row) + inner.Row, (2 * outer.Column) + inner.Column);
    }

    private static IEnumerable<(int Coefficient, int Row, int Column)> Terms(int product) =>
        Enumerable.Range(0, 4).Where(i => Right[product][i] != 0).Select(i => (Right[product][i], i / 2, i % 2));
}
