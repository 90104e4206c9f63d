using System.Runtime.InteropServices;
using Attune.Kernels;

namespace Attune.Runtime.Weights;

/// <summary>
/// Weights of layers that multiply brain floats: they are floats in the network, so that every kernel may read them, with zeros for lower halves. Stateless.
/// </summary>
internal static class BrainFloatWeights
{
    private const uint LowerHalf = 0xFFFF;
    private const uint Exponent = 0x7F80_0000;

    /// <summary>True when the weights of a layer are floats that brain floats hold exactly, and finite.</summary>
    /// <param name="network">The network.</param>
    /// <param name="node">A layer with constant weights.</param>
    public static bool AreHeld(Network network, Node node) =>
        network.Constants.TryGetValue(node.Inputs[1], out Tensor? weights) && weights.Data is float[] floats && AreHeld(floats);

    /// <summary>True when all numbers are finite and brain floats hold them exactly.</summary>
    public static bool AreHeld(float[] numbers)
    {
        foreach (uint bits in MemoryMarshal.Cast<float, uint>(numbers))
        {
            if ((bits & LowerHalf) != 0 || (bits & Exponent) == Exponent)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The numbers, which are <see cref="AreHeld(float[])"/>.</summary>
    public static BFloat16[] Of(float[] numbers)
    {
        var brains = new BFloat16[numbers.Length];
        for (int i = 0; i < numbers.Length; i++)
        {
            brains[i] = new BFloat16((ushort)(BitConverter.SingleToUInt32Bits(numbers[i]) >> 16));
        }

        return brains;
    }
}
