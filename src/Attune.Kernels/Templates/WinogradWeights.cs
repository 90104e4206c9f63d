namespace Attune.Kernels.Templates;

/// <summary>
/// Transforms weights, U = G g G^T in double precision, and lays them out [channel tile][point][input channel][lane of the tile],
/// the order in which the products read them.
/// </summary>
internal static unsafe class WinogradWeights
{
    public static void Pack(ConvolutionWorkload w, WinogradPlan plan, float[] source, float* target, int threads)
    {
        double[][] g = WinogradTransform.Weights(plan.Outputs, w.KernelHeight);
        int inputs = plan.Inputs;
        int width = plan.ChannelTile * w.Lanes;
        int taps = w.KernelHeight * w.KernelWidth;
        int tiles = plan.ChannelUnits * plan.ChannelTilesPerUnit;
        long pointStep = (long)w.InChannels * width;
        Parallel.For(0, tiles, new ParallelOptions { MaxDegreeOfParallelism = threads }, tile =>
        {
            double* half = stackalloc double[inputs * w.KernelHeight];
            float* to = target + (tile * plan.Points * pointStep);
            for (int lane = 0; lane < width; lane++)
            {
                int o = (tile * width) + lane;
                for (int c = 0; c < w.InChannels; c++)
                {
                    float* at = to + (c * (long)width) + lane;
                    if (o >= w.OutChannels)
                    {
                        for (int point = 0; point < plan.Points; point++)
                        {
                            at[point * pointStep] = 0;
                        }

                        continue;
                    }

                    Transform(g, source.AsSpan(((o * w.InChannels) + c) * taps, taps), half, at, pointStep);
                }
            }
        });
    }

    private static void Transform(double[][] g, ReadOnlySpan<float> kernel, double* half, float* target, long pointStep)
    {
        int extent = g[0].Length;
        for (int i = 0; i < g.Length; i++)
        {
            for (int j = 0; j < extent; j++)
            {
                double sum = 0;
                for (int k = 0; k < extent; k++)
                {
                    sum += g[i][k] * kernel[(k * extent) + j];
                }

                half[(i * extent) + j] = sum;
            }
        }

        for (int i = 0; i < g.Length; i++)
        {
            for (int j = 0; j < g.Length; j++)
            {
                double sum = 0;
                for (int k = 0; k < extent; k++)
                {
                    sum += half[(i * extent) + k] * g[j][k];
                }

                target[((i * g.Length) + j) * pointStep] = (float)sum;
            }
        }
    }
}
