using System.Runtime.CompilerServices;

namespace Attune.Kernels.Templates.Direct;

/// <summary>
/// Weights of which an instruction multiplies several neighbours, in the order the kernels read them: [group][tile of output channels][block of input channels]
/// [kernel row][kernel column][neighbours][output channel of the tile][channel of the neighbours]; channels that do not exist are zeros.
/// </summary>
internal static unsafe class NeighbourWeights
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
    public static PackingWork Pack<T>(NarrowWorkload w, DirectPlan plan, StoredWeights source, float* target)
        where T : unmanaged
    {
        var elements = (T[])source.Elements;
        int neighbours = w.ChannelsAtOnce;
        int taps = w.KernelHeight * w.KernelWidth;
        int depth = elements.Length / w.OutChannels / taps;
        int groups = w.InChannels / depth;
        long outStep = source.ChannelsLast ? 1 : (long)depth * taps;
        long inStep = source.ChannelsLast ? w.OutChannels : taps;
        int width = plan.ChannelTile * w.Lanes;
        int tiles = plan.ChannelUnits * plan.ChannelTilesPerUnit;
        return new PackingWork(w.Groups * tiles, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (index, _) =>
        {
            T* to = (T*)(target + (index * TileCount(w, plan)));
            new Span<float>(to, (int)TileCount(w, plan)).Clear();
            int group = index / tiles;
            int firstOutput = index % tiles * width;
            int last = Math.Min(firstOutput + width, w.GroupOutChannels);
            fixed (T* from = elements)
            {
                for (int o = firstOutput; o < last; o++)
                {
                    // Of the channels of a merged group only those of the output's own group have weights.
                    int output = (group * w.GroupOutChannels) + o;
                    int own = (output / (w.OutChannels / groups) * depth) - (group * w.GroupInChannels);
                    Place(from + (output * outStep), (own, own + depth), to + ((o - firstOutput) * neighbours));
                }
            }
        });

        // One output channel: its inputs lie in steps of neighbours, block by block, and within a block position by position.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Place(T* from, (int First, int End) inputs, T* to)
        {
            int step = width * neighbours;
            int whole = plan.BlockDepth * taps * step;
            for (int begin = inputs.First; begin < inputs.End;)
            {
                int block = begin / w.Lanes;
                int first = block * w.Lanes;
                int end = Math.Min(first + w.Lanes, inputs.End);
                int steps = (Math.Min(w.Lanes, w.GroupInChannels - first) + neighbours - 1) / neighbours;
                T* start = to + ((long)block * whole);
                for (; begin < end; begin++)
                {
                    int inBlock = begin - first;
                    T* column = start + (inBlock / neighbours * step) + (inBlock % neighbours);
                    T* source = from + ((begin - inputs.First) * inStep);
                    for (int tap = 0; tap < taps; tap++, column += steps * step)
                    {
                        *column = source[tap];
                    }
                }
            }
        }
    }

    private static long TileCount(ConvolutionWorkload w, DirectPlan plan) => (long)plan.Depth * w.KernelHeight * w.KernelWidth * plan.ChannelTile * w.Lanes;
}
