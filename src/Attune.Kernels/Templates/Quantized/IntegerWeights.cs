using System.Runtime.CompilerServices;
using Attune.Kernels.Templates.Direct;

namespace Attune.Kernels.Templates.Quantized;

/// <summary>
/// Weights of bytes in the order the integer kernels read them: [group][tile of output channels][block of input channels][kernel row][kernel column][four
/// channels][output channel of the tile][channel of the four]; channels that do not exist are zeros.
/// </summary>
internal static unsafe class IntegerWeights
{
    /// <summary>Floats that the packed weights take.</summary>
    /// <param name="w">Workload.</param>
    /// <param name="plan">Its plan.</param>
    public static long PackedCount(ConvolutionWorkload w, DirectPlan plan) =>
        (long)w.Groups * plan.ChannelUnits * plan.ChannelTilesPerUnit * TileCount(w, plan);

    /// <summary>Packing: one unit for each tile of output channels.</summary>
    /// <param name="w">Workload.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="source">Weights; of more groups than the workload has when groups were merged.</param>
    /// <param name="target">Room for them.</param>
    public static PackingWork Pack(ConvolutionWorkload w, DirectPlan plan, StoredWeights source, float* target)
    {
        var elements = (sbyte[])source.Elements;
        int taps = w.KernelHeight * w.KernelWidth;
        int depth = elements.Length / w.OutChannels / taps;
        int groups = w.InChannels / depth;
        long outStep = source.ChannelsLast ? 1 : (long)depth * taps;
        long inStep = source.ChannelsLast ? w.OutChannels : taps;
        int width = plan.ChannelTile * w.Lanes;
        int tiles = plan.ChannelUnits * plan.ChannelTilesPerUnit;
        return new PackingWork(w.Groups * tiles, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (index, _) =>
        {
            sbyte* to = (sbyte*)(target + (index * TileCount(w, plan)));
            int group = index / tiles;
            int firstOutput = index % tiles * width;
            for (int block = 0; block < w.GroupInChannels; block += w.Lanes)
            {
                int end = Math.Min(block + w.Lanes, w.GroupInChannels);
                for (int tap = 0; tap < taps; tap++)
                {
                    for (int first = block; first < end; first += QuantizedWorkload.Neighbours)
                    {
                        for (int o = firstOutput; o < firstOutput + width; o++)
                        {
                            for (int i = first; i < first + QuantizedWorkload.Neighbours; i++)
                            {
                                *to++ = o < w.GroupOutChannels && i < end ? Element((group * w.GroupOutChannels) + o, (group * w.GroupInChannels) + i, tap) : default;
                            }
                        }
                    }
                }
            }
        });

        sbyte Element(int output, int input, int tap)
        {
            int own = input - (output / (w.OutChannels / groups) * depth);
            return own >= 0 && own < depth ? elements[(output * outStep) + (own * inStep) + tap] : default;
        }
    }

    private static long TileCount(ConvolutionWorkload w, DirectPlan plan) => (long)plan.Depth * w.KernelHeight * w.KernelWidth * plan.ChannelTile * w.Lanes;
}
