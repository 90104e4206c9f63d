namespace Attune.Kernels.Templates;

/// <summary>
/// Transforms 3x3 weights, U = G g G^T in double precision, and lays them out [channel tile][point][input channel][lane of the tile],
/// the order in which the products read them.
/// </summary>
internal static unsafe class WinogradWeights
{
    public static void Pack(ConvolutionWorkload w, WinogradPlan plan, float[] source, float* target, int threads)
    {
        double[][] g = WinogradTransform.Weights(plan.Outputs);
        int inputs = plan.Inputs;
        int width = plan.ChannelTile * w.Lanes;
        int tiles = plan.ChannelUnits * plan.ChannelTilesPerUnit;
        long pointStep = (long)w.InChannels * width;
        Parallel.For(0, tiles, new ParallelOptions { MaxDegreeOfParallelism = threads }, tile =>
        {
            double* half = stackalloc double[inputs * 3];
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

                    Transform(g, source.AsSpan(((o * w.InChannels) + c) * 9, 9), half, at, pointStep);
                }
            }
        });
    }

    private static void Transform(double[][] g, ReadOnlySpan<float> kernel, double* half, float* target, long pointStep)
    {
        for (int i = 0; i < g.Length; i++)
        {
            for (int j = 0; j < 3; j++)
            {
                half[(i * 3) + j] = (g[i][0] * kernel[j]) + (g[i][1] * kernel[3 + j]) + (g[i][2] * kernel[6 + j]);
            }
        }

        for (int i = 0; i < g.Length; i++)
        {
            for (int j = 0; j < g.Length; j++)
            {
                double value = (half[i * 3] * g[j][0]) + (half[(i * 3) + 1] * g[j][1]) + (half[(i * 3) + 2] * g[j][2]);
                target[((i * g.Length) + j) * pointStep] = (float)value;
            }
        }
    }
}
