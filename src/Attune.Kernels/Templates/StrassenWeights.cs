using System.Runtime.CompilerServices;

namespace Attune.Kernels.Templates;

/// <summary>Forms the right factors of all products, in double precision, laid out [channel tile][point][input channel of a part][lane of the tile].</summary>
internal static unsafe class StrassenWeights
{
    public static void Pack(ConvolutionWorkload w, StrassenPlan plan, float[] source, float* target, int threads)
    {
        int width = plan.ChannelTile * w.Lanes;
        int depth = plan.ReductionBlocks * w.Lanes;
        int partChannels = plan.ChannelBlocks * w.Lanes;
        (int Coefficient, int Row, int Column)[][] terms = [.. Enumerable.Range(0, plan.Points).Select(point => StrassenAlgebra.RightTerms(plan.Levels, point).ToArray())];
        Parallel.For(0, plan.ChannelBlocks / plan.ChannelTile, new ParallelOptions { MaxDegreeOfParallelism = threads }, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (tile) =>
        {
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

                        ReadOnlySpan<float> from = source.AsSpan((output * w.InChannels) + (row * depth), depth);
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
