using System.Numerics;
using Attune.Numerics;

namespace Attune.Learning.Networks;

/// <summary>Random weights that training starts from; biases stay 0.</summary>
internal static class InitialWeights
{
    /// <summary>
    /// Normal with variance 2 / inputs (He et al., ICCV 2015); the last layer's a tenth of that wide, so that a network starts near its mean.
    /// </summary>
    public static void He<T>(DenseNetwork<T> network, Random random)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int layer = 0; layer < network.Layers.Count; layer++)
        {
            double deviation = Math.Sqrt(2.0 / network.Layers[layer].GroupInputs) * (layer == network.Layers.Count - 1 ? 0.1 : 1);
            Fill(network, layer, () => deviation * NormalDistribution.Draw(random));
        }
    }

    /// <summary>Uniform with variance 2 / (inputs + outputs) (Glorot and Bengio, AISTATS 2010).</summary>
    public static void Glorot<T>(DenseNetwork<T> network, Random random)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int layer = 0; layer < network.Layers.Count; layer++)
        {
            double limit = Math.Sqrt(6.0 / (network.Layers[layer].GroupInputs + network.Layers[layer].GroupOutputs));
            Fill(network, layer, () => ((2 * random.NextDouble()) - 1) * limit);
        }
    }

    private static void Fill<T>(DenseNetwork<T> network, int layer, Func<double> draw)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        DenseLayer shape = network.Layers[layer];
        for (int group = 0; group < shape.Groups; group++)
        {
            foreach (ref T weight in network.ParametersOf(layer).Slice(group * shape.GroupParameters, shape.GroupWeights))
            {
                weight = T.CreateChecked(draw());
            }
        }
    }
}
