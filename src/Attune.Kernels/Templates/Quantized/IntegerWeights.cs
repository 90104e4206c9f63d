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
            new Span<sbyte>(to, (int)TileCount(w, plan) * sizeof(float)).Clear();
            int group = index / tiles;
            int firstOutput = index % tiles * width;
            int last = Math.Min(firstOutput + width, w.GroupOutChannels);
            fixed (sbyte* from = elements)
            {
                for (int o = firstOutput; o < last; o++)
                {
                    // Of the channels of a merged group only those of the output's own group have weights.
                    int output = (group * w.GroupOutChannels) + o;
                    int own = (output / (w.OutChannels / groups) * depth) - (group * w.GroupInChannels);
                    Place(from + (output * outStep), (own, own + depth), to + ((o - firstOutput) * QuantizedWorkload.Neighbours));
                }
            }
        });

        // One output channel: its inputs lie in fours, block by block, and within a block position by position.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Place(sbyte* from, (int First, int End) inputs, sbyte* to)
        {
            int step = width * QuantizedWorkload.Neighbours;
            int whole = plan.BlockDepth * taps * step;
            for (int begin = inputs.First; begin < inputs.End;)
            {
                int block = begin / w.Lanes;
                int first = block * w.Lanes;
                int end = Math.Min(first + w.Lanes, inputs.End);
                int fours = (Math.Min(w.Lanes, w.GroupInChannels - first) + QuantizedWorkload.Neighbours - 1) / QuantizedWorkload.Neighbours;
                sbyte* start = to + ((long)block * whole);
                for (; begin < end; begin++)
                {
                    int inBlock = begin - first;
                    sbyte* column = start + (inBlock / QuantizedWorkload.Neighbours * step) + (inBlock % QuantizedWorkload.Neighbours);
                    sbyte* source = from + ((begin - inputs.First) * inStep);
                    for (int tap = 0; tap < taps; tap++, column += fours * step)
                    {
                        *column = source[tap];
                    }
                }
            }
        }
    }

    private static long TileCount(ConvolutionWorkload w, DirectPlan plan) => (long)plan.Depth * w.KernelHeight * w.KernelWidth * plan.ChannelTile * w.Lanes;
}
