namespace Attune.Kernels.Loops;

/// <summary>
/// A matrix in a register of its own: rows of 32-bit words, each of which is one sum, or the bytes or brain floats that are multiplied at once. Processors have
/// few of them, and their extents are fixed for a whole program.
/// </summary>
/// <param name="name">Name in the printed program.</param>
/// <param name="rows">Rows, 1 to <see cref="MaxRows"/>.</param>
/// <param name="words">Words of a row, 1 to <see cref="MaxWords"/>.</param>
internal sealed class MatrixTile(string name, int rows, int words)
{
    /// <summary>Rows of the largest tile.</summary>
    public const int MaxRows = 16;

    /// <summary>32-bit words in a row of the largest tile.</summary>
    public const int MaxWords = 16;

    /// <summary>Tiles that a program may have.</summary>
    public const int MaxTiles = 8;

    public string Name { get; } = name;

    public int Rows { get; } = rows;

    public int Words { get; } = words;

    public override string ToString() => Name;
}
