using System.Runtime.CompilerServices;

namespace Attune.Kernels.Templates;

/// <summary>Forms the right factors of all products, in double precision, laid out [channel tile][point][input channel of a part][lane of the tile].</summary>
internal static unsafe class StrassenWeights
{
    /// <summary>Units that each form the factors of one tile of output channels.</summary>
    public static PackingWork Pack(ConvolutionWorkload w, StrassenPlan plan, WeightSource source, float* target)
    {
        int width = plan.ChannelTile * w.Lanes;
        int depth = plan.ReductionBlocks * w.Lanes;
        int partChannels = plan.ChannelBlocks * w.Lanes;
        (int Coefficient, int Row, int Column)[][] terms = [.. Enumerable.Range(0, plan.Points).Select(point => StrassenAlgebra.RightTerms(plan.Levels, point).ToArray())];
        return new PackingWork(plan.ChannelBlocks / plan.ChannelTile, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (tile, slab) =>
        {
            // Every row is needed in several products: read the tile's rows of all parts once.
            int parts = (w.OutChannels + partChannels - 1) / partChannels;
            Span<float> rows = slab.Take(parts * width * w.InChannels);
            for (int part = 0; part < parts; part++)
            {
                int first = (part * partChannels) + (tile * width);
                int valid = Math.Clamp(w.OutChannels - first, 0, width);
                source.Read((long)first * w.InChannels, rows.Slice(part * width * w.InChannels, valid * w.InChannels));
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
}
