using Attune.Kernels;

namespace Attune.Measuring.Models;

/// <summary>Made-up inputs for benchmarks and checks: the same for the same seed.</summary>
public static class RandomInputs
{
    /// <summary>A tensor for every input: floats uniform in [-1, 1), integers zero or one, which are valid indices nearly everywhere.</summary>
    /// <param name="inputs">Inputs of a model.</param>
    /// <param name="seed">Seed; any number.</param>
    public static Dictionary<string, Tensor> For(IEnumerable<NetworkValue> inputs, int seed)
    {
        var random = new Random(seed);
        return inputs.ToDictionary(input => input.Name, input => Make(input.Type, random));
    }

    private static Tensor Make(TensorType type, Random random)
    {
        var tensor = Tensor.Zeros(type.Element, type.Shape);
        switch (tensor.Data)
        {
            case float[] floats:
                Fill(floats, () => (random.NextSingle() * 2) - 1);
                break;
            case double[] doubles:
                Fill(doubles, () => (random.NextDouble() * 2) - 1);
                break;
            case Half[] halves:
                Fill(halves, () => (Half)((random.NextSingle() * 2) - 1));
                break;
            case long[] longs:
                Fill(longs, () => random.Next(2));
                break;
            case int[] integers:
                Fill(integers, () => random.Next(2));
                break;
        }

        return tensor;
    }

    private static void Fill<T>(T[] values, Func<T> next)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = next();
        }
    }
}
