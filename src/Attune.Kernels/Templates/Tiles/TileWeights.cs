using System.Runtime.CompilerServices;

namespace Attune.Kernels.Templates.Tiles;

/// <summary>
/// Weights as matrix tiles are loaded from them: [vector of output channels][kernel row][kernel column][word of input channels][output channel][channel of the
/// word]; channels that do not exist are zeros.
/// </summary>
internal static unsafe class TileWeights
{
    /// <summary>Floats that the packed weights take.</summary>
    public static long PackedCount(NarrowWorkload w) => Vectors(w) * VectorCount(w);

    /// <summary>Packing: one unit for each vector of output channels.</summary>
    /// <param name="w">Workload.</param>
    /// <param name="source">Weights; of several groups when those were merged.</param>
    /// <param name="target">Room for them.</param>
    public static PackingWork Pack<T>(NarrowWorkload w, StoredWeights source, float* target)
        where T : unmanaged
    {
        var elements = (T[])source.Elements;
        int neighbours = w.ChannelsAtOnce;
        int taps = w.KernelHeight * w.KernelWidth;
        int depth = elements.Length / w.OutChannels / taps;
        int outputsPerGroup = w.OutChannels / (w.InChannels / depth);
        long outStep = source.ChannelsLast ? 1 : (long)depth * taps;
        long inStep = source.ChannelsLast ? w.OutChannels : taps;
        long perTap = (long)TilePlan.GroupsOf(w) * w.Lanes * neighbours;
        int word = w.Lanes * neighbours;
        return new PackingWork((int)Vectors(w), [MethodImpl(MethodImplOptions.AggressiveOptimization)] (vector, _) =>
        {
            T* to = (T*)(target + (vector * VectorCount(w)));
            new Span<float>(to, (int)VectorCount(w)).Clear();
            int first = vector * w.Lanes;
            fixed (T* from = elements)
            {
                for (int output = first; output < Math.Min(first + w.Lanes, w.OutChannels); output++)
                {
                    // Of the channels of merged groups only those of the output's own group have weights.
                    int own = output / outputsPerGroup * depth;
                    for (int c = own; c < own + depth; c++)
                    {
                        T* weight = from + (output * outStep) + ((c - own) * inStep);
                        T* place = to + ((long)(c / neighbours) * word) + ((output - first) * neighbours) + (c % neighbours);
                        for (int tap = 0; tap < taps; tap++, place += perTap)
                        {
                            *place = weight[tap];
                        }
                    }
                }
            }
        });
    }

    private static long Vectors(NarrowWorkload w) => (w.OutChannels + w.Lanes - 1) / w.Lanes;

    private static long VectorCount(NarrowWorkload w) => (long)w.KernelHeight * w.KernelWidth * TilePlan.GroupsOf(w) * w.Lanes;
}
