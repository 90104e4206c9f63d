using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Attune.Kernels.Templates.Winograd;

/// <summary>
/// Transforms weights, U = G g G^T in double precision, and lays them out [channel tile][point][input channel][lane of the tile],
/// the order in which the products read them. Vectorised over the lanes of a tile, which are output channels. Runs once per load, so it must not begin in the
/// JIT's slow tier.
/// </summary>
internal static unsafe class WinogradWeights
{
    private const int SlabFloats = 1 << 16;

    /// <summary>Units that each transform one tile of output channels.</summary>
    /// <param name="w">Workload.</param>
    /// <param name="g">Transform G of one dimension.</param>
    /// <param name="width">Output channels of a tile; what is missing in the last tile becomes zero.</param>
    /// <param name="source">Weights.</param>
    /// <param name="target">Room for whole tiles.</param>
    public static PackingWork Pack(ConvolutionWorkload w, double[][] g, int width, WeightSource source, float* target)
    {
        int taps = w.KernelHeight * w.KernelWidth;
        int tiles = (w.OutChannels + width - 1) / width;
        long pointStep = (long)w.InChannels * width;
        int points = g.Length * g.Length;
        int channelsAtOnce = Math.Clamp(SlabFloats / (width * taps), 1, w.InChannels);
        return new PackingWork(tiles, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (tile, slab) =>
        {
            var kernel = new double[taps * width];
            var half = new double[g.Length * w.KernelWidth * width];
            var transformed = new double[width];
            int valid = Math.Min(width, w.OutChannels - (tile * width));
            float* to = target + (tile * points * pointStep);
            for (int begin = 0; begin < w.InChannels; begin += channelsAtOnce)
            {
                int channels = Math.Min(channelsAtOnce, w.InChannels - begin);
                ReadOnlySpan<float> rows = source.Rows(
                    ((long)tile * width, valid), (long)w.InChannels * taps, ((long)begin * taps, channels * taps), slab, out int stride);
                for (int c = 0; c < channels; c++)
                {
                    for (int lane = 0; lane < valid; lane++)
                    {
                        ReadOnlySpan<float> from = rows.Slice((lane * stride) + (c * taps), taps);
                        for (int tap = 0; tap < taps; tap++)
                        {
                            kernel[(tap * width) + lane] = from[tap];
                        }
                    }

                    Transform(g, w.KernelWidth, kernel, half, transformed, to + ((long)(begin + c) * width), pointStep);
                }
            }
        });
    }

    /// <summary>All arrays hold one row of lanes per element: kernel [k][k][lane], half [points of one dimension][k][lane].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transform(double[][] g, int extent, double[] kernel, double[] half, double[] transformed, float* target, long pointStep)
    {
        int width = transformed.Length;
        for (int i = 0; i < g.Length; i++)
        {
            for (int j = 0; j < extent; j++)
            {
                Combine(g[i], kernel, j, extent, half.AsSpan(((i * extent) + j) * width, width));
            }
        }

        for (int i = 0; i < g.Length; i++)
        {
            for (int j = 0; j < g.Length; j++)
            {
                Combine(g[j], half, i * extent, 1, transformed);
                float* at = target + (((i * g.Length) + j) * pointStep);
                for (int lane = 0; lane < width; lane++)
                {
                    at[lane] = (float)transformed[lane];
                }
            }
        }
    }

    /// <summary>result = sum over k of factors[k] * rows[first + k * step].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Combine(double[] factors, double[] rows, int first, int step, Span<double> result)
    {
        Span<Vector<double>> sums = MemoryMarshal.Cast<double, Vector<double>>(result);
        result.Clear();
        for (int k = 0; k < factors.Length; k++)
        {
            if (factors[k] != 0)
            {
                ReadOnlySpan<Vector<double>> row = MemoryMarshal.Cast<double, Vector<double>>(rows.AsSpan((first + (k * step)) * result.Length, result.Length));
                for (int v = 0; v < sums.Length; v++)
                {
                    sums[v] += row[v] * factors[k];
                }

                for (int lane = sums.Length * Vector<double>.Count; lane < result.Length; lane++)
                {
                    result[lane] += rows[((first + (k * step)) * result.Length) + lane] * factors[k];
                }
            }
        }
    }
}
