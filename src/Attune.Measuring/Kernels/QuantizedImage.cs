namespace Attune.Measuring.Kernels;

/// <summary>An input of a quantised task and its sums.</summary>
/// <param name="Bytes">The image, [N][C][H][W].</param>
/// <param name="Sums">Sums of (byte - zero) times weight, [N][distinct channel][H][W].</param>
internal sealed record QuantizedImage(byte[] Bytes, int[] Sums)
{
    /// <summary>Largest magnitude of a sum.</summary>
    public int Largest { get; } = Sums.Max(Math.Abs);
}
