using Attune.Kernels;

namespace Attune.Bench.Fuzz.Graphs;

/// <summary>Random tensors.</summary>
internal static class RandomNumbers
{
    public static Tensor Draw(Random random, Shape shape, NumberKind kind, double scale)
    {
        var data = new float[shape.Count];
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = (float)(scale * Draw(random, kind));
        }

        return Tensor.Of(shape, data);
    }

    private static double Draw(Random random, NumberKind kind)
    {
        double plain = (random.NextDouble() * 2) - 1;
        return kind switch
        {
            NumberKind.Positive => 0.1 + (0.9 * Math.Abs(plain)),
            NumberKind.Negative => -0.1 - (0.9 * Math.Abs(plain)),
            NumberKind.Sparse => random.Next(2) == 0 ? 0 : plain,
            NumberKind.Large => 1000 * plain,
            NumberKind.Tiny => plain * Math.Pow(10, random.Next(-40, -5)),
            NumberKind.Mixed => plain * Math.Pow(10, random.Next(-6, 4)),
            _ => plain,
        };
    }
}
