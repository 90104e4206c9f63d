using System.Numerics;

namespace Attune.Learning.Networks;

/// <summary>What a pass through a <see cref="DenseNetwork{T}"/> leaves for the way back. One thread at a time; used again by every pass.</summary>
/// <typeparam name="T">The network's numbers.</typeparam>
public sealed class NetworkTape<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    internal NetworkTape(DenseLayer[] layers, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        Capacity = rows;
        Activations = [.. layers.Select(layer => new T[rows * layer.Inputs])];
        Sums = [.. layers.Select(layer => new T[rows * layer.Outputs])];
        Slopes = [new T[rows * layers[0].Inputs], .. layers.Select(layer => new T[rows * layer.Outputs])];
        int widest = layers.Max(layer => Math.Max(layer.Inputs, layer.Outputs));
        Turned = new T[Math.Max(rows * widest, layers.Max(layer => layer.GroupWeights))];
    }

    /// <summary>Most rows per pass.</summary>
    public int Capacity { get; }

    internal int Rows { get; set; }

    internal T[][] Activations { get; }

    internal T[][] Sums { get; }

    internal T[][] Slopes { get; }

    internal T[] Turned { get; }
}
