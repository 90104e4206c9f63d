namespace Attune.Learning.Networks;

/// <summary>What a pass through a <see cref="DenseNetwork"/> leaves for the way back. One thread at a time; used again by every pass.</summary>
public sealed class NetworkTape
{
    internal NetworkTape(int[] widths, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        Capacity = rows;
        Activations = [.. widths[..^1].Select(width => new float[rows * width])];
        Sums = [.. widths[1..].Select(width => new float[rows * width])];
        Slopes = [.. widths.Select(width => new float[rows * width])];
        int widest = widths.Max();
        Turned = new float[Math.Max(rows * widest, widths.Zip(widths.Skip(1), (a, b) => a * b).Max())];
    }

    /// <summary>Most rows per pass.</summary>
    public int Capacity { get; }

    internal int Rows { get; set; }

    internal float[][] Activations { get; }

    internal float[][] Sums { get; }

    internal float[][] Slopes { get; }

    internal float[] Turned { get; }
}
