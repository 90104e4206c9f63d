using Attune.Kernels;

namespace Attune.Graph.Zoo;

/// <summary>
/// Weights from a seed: element i of a tensor is a mix of (seed, tensor name, i), so tensors are independent of each other and of the order in
/// which they are made. The mix is SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): one multiply-xor chain for each number, fast enough for
/// the 138 million of VGG-16 in about a second. Normal numbers are sums of four uniform ones, near enough for weights.
/// </summary>
internal sealed class SeededWeights(int seed)
{
    private const int Chunk = 1 << 20;
    private const ulong Golden = 0x9E3779B97F4A7C15;

    // Four uniform numbers of 16 bits have this mean and standard deviation.
    private const float Mean = 2 * 65535f;
    private const float Deviation = 65536f * 0.57735027f;

    /// <summary>Normally distributed numbers around zero.</summary>
    public Tensor Normal(string name, float deviation, params ReadOnlySpan<long> extents)
    {
        var shape = Shape.Of(extents);
        var data = new float[shape.Count];
        ulong start = Start(name);
        float scale = deviation / Deviation;
        Parallel.For(0, (data.Length + Chunk - 1) / Chunk, chunk =>
        {
            int end = Math.Min(data.Length, (chunk + 1) * Chunk);
            for (int i = chunk * Chunk; i < end; i++)
            {
                ulong bits = Mix(start + ((ulong)i * Golden));
                int sum = (int)((bits & 0xFFFF) + ((bits >> 16) & 0xFFFF) + ((bits >> 32) & 0xFFFF) + (bits >> 48));
                data[i] = (sum - Mean) * scale;
            }
        });
        return Tensor.Of(shape, data);
    }

    /// <summary>A vector of numbers distributed evenly between two bounds.</summary>
    public Tensor Uniform(string name, float low, float high, long count)
    {
        var data = new float[count];
        ulong start = Start(name);
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = low + ((high - low) * (Mix(start + ((ulong)i * Golden)) >> 40) / (1 << 24));
        }

        return Tensor.Of(Shape.Of(count), data);
    }

    private static ulong Mix(ulong state)
    {
        state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        state = (state ^ (state >> 27)) * 0x94D049BB133111EB;
        return state ^ (state >> 31);
    }

    private ulong Start(string name)
    {
        ulong state = unchecked((ulong)seed * Golden);
        foreach (char letter in name)
        {
            state = (state ^ letter) * 0x100000001B3;
        }

        return Mix(state);
    }
}
