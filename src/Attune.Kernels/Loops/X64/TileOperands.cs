namespace Attune.Kernels.Loops.X64;

/// <summary>The tile registers of a product and what they hold, as one number of an instruction.</summary>
/// <param name="Sums">Tile register of the sums.</param>
/// <param name="Left">Tile register of the left matrix.</param>
/// <param name="Right">Tile register of the right matrix.</param>
/// <param name="Products">What is multiplied.</param>
internal readonly record struct TileOperands(int Sums, int Left, int Right, TileProducts Products)
{
    private const int Bits = 3;
    private const int Mask = MatrixTile.MaxTiles - 1;

    /// <summary>All of it in one number.</summary>
    public long Packed => Sums | (Left << Bits) | (Right << (2 * Bits)) | ((int)Products << (3 * Bits));

    /// <summary>Reads such a number.</summary>
    public static TileOperands Of(long packed) =>
        new((int)packed & Mask, (int)(packed >> Bits) & Mask, (int)(packed >> (2 * Bits)) & Mask, (TileProducts)(packed >> (3 * Bits)));
}
