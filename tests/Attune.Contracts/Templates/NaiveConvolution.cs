using Attune.Kernels.Templates;

namespace Attune.Contracts.Templates;

/// <summary>Seven nested loops in double precision: the oracle of template tests. Activations are [N][C][H][W].</summary>
internal static class NaiveConvolution
{
    public static float[] Run(ConvolutionWorkload w, float[] x, float[] weights, float[] bias, float[]? residual)
    {
        var y = new float[w.Batch * w.OutChannels * w.OutHeight * w.OutWidth];
        int at = 0;
        for (int n = 0; n < w.Batch; n++)
        {
            for (int o = 0; o < w.OutChannels; o++)
            {
                for (int h = 0; h < w.OutHeight; h++)
                {
                    for (int v = 0; v < w.OutWidth; v++, at++)
                    {
                        double products = w.IsTransposed ? Gathered(w, x, weights, n, o, h, v) : Sum(w, x, weights, n, o, h, v);
                        double sum = bias[o] + products + (residual?[at] ?? 0);
                        y[at] = (float)Math.Max(0, sum);
                    }
                }
            }
        }

        return y;
    }

    private static double Sum(ConvolutionWorkload w, float[] x, float[] weights, int n, int o, int h, int v)
    {
        int group = o / w.GroupOutChannels;
        double sum = 0;
        for (int c = 0; c < w.GroupInChannels; c++)
        {
            for (int i = 0; i < w.KernelHeight; i++)
            {
                for (int j = 0; j < w.KernelWidth; j++)
                {
                    int ih = (h * w.StrideHeight) + (i * w.DilationHeight) - w.Padding.Top;
                    int iw = (v * w.StrideWidth) + (j * w.DilationWidth) - w.Padding.Left;
                    if (ih >= 0 && ih < w.Height && iw >= 0 && iw < w.Width)
                    {
                        int channel = (group * w.GroupInChannels) + c;
                        sum += (double)x[(((((n * w.InChannels) + channel) * w.Height) + ih) * w.Width) + iw]
                            * weights[(((((o * w.GroupInChannels) + c) * w.KernelHeight) + i) * w.KernelWidth) + j];
                    }
                }
            }
        }

        return sum;
    }

    // Of a transposed convolution: every input element whose tap (i, j) lands on (h, v).
    private static double Gathered(ConvolutionWorkload w, float[] x, float[] weights, int n, int o, int h, int v)
    {
        int group = o / w.GroupOutChannels;
        double sum = 0;
        for (int c = 0; c < w.GroupInChannels; c++)
        {
            int plane = (n * w.InChannels) + (group * w.GroupInChannels) + c;
            for (int ih = 0; ih < w.Height; ih++)
            {
                for (int iw = 0; iw < w.Width; iw++)
                {
                    (int i, int down) = Math.DivRem(h + w.Padding.Top - (ih * w.StrideHeight), w.DilationHeight);
                    (int j, int across) = Math.DivRem(v + w.Padding.Left - (iw * w.StrideWidth), w.DilationWidth);
                    if (down == 0 && across == 0 && i >= 0 && i < w.KernelHeight && j >= 0 && j < w.KernelWidth)
                    {
                        sum += (double)x[(((plane * w.Height) + ih) * w.Width) + iw]
                            * weights[(((((o * w.GroupInChannels) + c) * w.KernelHeight) + i) * w.KernelWidth) + j];
                    }
                }
            }
        }

        return sum;
    }
}
