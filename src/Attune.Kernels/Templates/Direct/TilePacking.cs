using System.Runtime.CompilerServices;

namespace Attune.Kernels.Templates.Direct;

/// <summary>Packs narrow weights for the direct template: [group][tile of output channels][block of input channels][tap][channel][lane of the tile].</summary>
internal static unsafe class TilePacking
{
    /// <summary>Units that each pack one tile; lanes past the last output channel become zero.</summary>
    /// <param name="w">Workload.</param>
    /// <param name="tile">Vectors of output channels in a tile.</param>
    /// <param name="source">Weights [out][in of group][tap], or [in][out] when <paramref name="reductionMajor"/>.</param>
    /// <param name="reductionMajor">The source is [in][out].</param>
    /// <param name="target">Room for all tiles.</param>
    public static PackingWork Plan<T>(ConvolutionWorkload w, int tile, T[] source, bool reductionMajor, T* target)
        where T : unmanaged
    {
        int taps = w.KernelHeight * w.KernelWidth;
        int lanes = w.Lanes;
        int tiles = (w.GroupOutChannels + lanes - 1) / lanes / tile;
        int depth = w.GroupInChannels;
        int whole = depth / lanes * lanes;
        long tileCount = (long)depth * taps * tile * lanes;
        long outStep = reductionMajor ? 1 : (long)depth * taps;
        long inStep = reductionMajor ? w.OutChannels : taps;
        return new PackingWork(w.Groups * tiles, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (index, _) =>
        {
            int group = index / tiles;
            int firstInGroup = index % tiles * tile * lanes;
            int width = tile * lanes;
            int valid = Math.Min(width, w.GroupOutChannels - firstInGroup);
            T* to = target + (index * tileCount);
            long from = ((long)group * w.GroupOutChannels) + firstInGroup;
            for (int block = 0; block < depth; block += lanes)
            {
                int channels = block < whole ? lanes : depth - whole;
                for (int tap = 0; tap < taps; tap++)
                {
                    for (int c = block; c < block + channels; c++)
                    {
                        long at = (from * outStep) + (c * inStep) + tap;
                        for (int o = 0; o < valid; o++)
                        {
                            to[o] = source[at + (o * outStep)];
                        }

                        new Span<T>(to + valid, width - valid).Clear();
                        to += width;
                    }
                }
            }
        });
    }
}
