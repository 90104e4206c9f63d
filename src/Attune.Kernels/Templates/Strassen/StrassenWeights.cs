using System.Runtime.CompilerServices;

namespace Attune.Kernels.Templates.Strassen;

/// <summary>Forms the right factors of all products, in double precision, laid out [channel tile][point][input channel of a part][lane of the tile].</summary>
internal static unsafe class StrassenWeights
{
    /// <summary>Units that each form the factors of one tile of output channels.</summary>
    /// <param name="w">Workload.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="source">Weights [out][in], or [in][out] when <paramref name="reductionMajor"/>.</param>
    /// <param name="reductionMajor">The source is [in][out].</param>
    /// <param name="target">Room for all factors.</param>
    public static PackingWork Pack(ConvolutionWorkload w, StrassenPlan plan, WeightSource source, bool reductionMajor, float* target)
    {
        int width = plan.ChannelTile * w.Lanes;
        int depth = plan.ReductionBlocks * w.Lanes;
        int partChannels = plan.ChannelBlocks * w.Lanes;
        (int Coefficient, int Row, int Column)[][] terms = [.. Enumerable.Range(0, plan.Points).Select(
            point => StrassenAlgebra.RightTerms(plan.Levels, point).ToArray())];
        return new PackingWork(plan.ChannelBlocks / plan.ChannelTile, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (tile, slab) =>
        {
            // Every row is needed in several products: read the tile's rows of all parts once.
            int parts = (w.OutChannels + partChannels - 1) / partChannels;
            Span<float> rows = slab.Take(parts * width * w.InChannels);
            for (int part = 0; part < parts; part++)
            {
                int first = (part * partChannels) + (tile * width);
                int valid = Math.Clamp(w.OutChannels - first, 0, width);
                if (valid == 0)
                {
                    continue;
                }

                Span<float> ofPart = rows.Slice(part * width * w.InChannels, valid * w.InChannels);
                if (reductionMajor)
                {
                    ReadColumns(source, w, first, valid, ofPart);
                }
                else
                {
                    source.Read((long)first * w.InChannels, ofPart);
                }
            }

            var sums = new double[depth * width];
            for (int point = 0; point < terms.Length; point++)
            {
                Array.Clear(sums);
                foreach ((int coefficient, int row, int column) in terms[point])
                {
                    for (int lane = 0; lane < width; lane++)
                    {
                        int output = (column * partChannels) + (tile * width) + lane;
                        if (output >= w.OutChannels)
                        {
                            break;
                        }

                        ReadOnlySpan<float> from = rows.Slice((((column * width) + lane) * w.InChannels) + (row * depth), depth);
                        for (int c = 0; c < depth; c++)
                        {
                            sums[(c * width) + lane] += coefficient * (double)from[c];
                        }
                    }
                }

                float* to = target + ((((long)tile * plan.Points) + point) * depth * width);
                for (int i = 0; i < sums.Length; i++)
                {
                    to[i] = (float)sums[i];
                }
            }
        });
    }

    /// <summary>Turns columns of [in][out] into rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ReadColumns(WeightSource source, ConvolutionWorkload w, int first, int count, Span<float> rows)
    {
        Span<float> piece = stackalloc float[count];
        for (int c = 0; c < w.InChannels; c++)
        {
            source.Read(((long)c * w.OutChannels) + first, piece);
            for (int o = 0; o < count; o++)
            {
                rows[(o * w.InChannels) + c] = piece[o];
            }
        }
    }
}
