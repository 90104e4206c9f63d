namespace Attune.Kernels.Templates;

/// <summary>Rows and columns of zeros around an image, so that kernels need no border code.</summary>
/// <param name="Top">Rows above.</param>
/// <param name="Left">Columns to the left.</param>
/// <param name="Bottom">Rows below.</param>
/// <param name="Right">Columns to the right.</param>
public readonly record struct Halo(int Top, int Left, int Bottom, int Right)
{
    /// <summary>True when there is none.</summary>
    public bool IsEmpty => this == default;

    /// <summary>The smallest halo that contains both.</summary>
    public Halo Union(Halo other) =>
        new(Math.Max(Top, other.Top), Math.Max(Left, other.Left), Math.Max(Bottom, other.Bottom), Math.Max(Right, other.Right));
}
