using Attune.Kernels.Templates;

namespace Attune.Measuring.Kernels;

/// <summary>The images of a quantised task and their sums by definition, for every distinct output channel.</summary>
internal sealed class QuantizedReference
{
    private readonly QuantizedWorkload w;
    private readonly sbyte[] weights;
    private readonly int period;
    private readonly byte zero;

    /// <summary>Draws the images and sums them up.</summary>
    /// <param name="workload">The task.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="zero">The byte that stands for zero.</param>
    /// <param name="random">Source of the values.</param>
    public QuantizedReference(QuantizedWorkload workload, TaskWeights weights, byte zero, Random random)
    {
        w = workload;
        this.weights = (sbyte[])weights.Stored!.Elements;
        this.zero = zero;
        period = weights.Period;
        var any = new byte[(long)w.Batch * w.InChannels * w.Height * w.Width];
        random.NextBytes(any);

        // The ends of what bytes hold, where products of neighbours add up to more than 16 bits.
        byte[] extreme = Array.ConvertAll(any, number => number < 16 ? byte.MinValue : number < 128 ? byte.MaxValue : zero);
        Images = [Summed(any), Summed(extreme)];
    }

    /// <summary>The images; the first is the one to be timed.</summary>
    public QuantizedImage[] Images { get; }

    /// <summary>Bytes held.</summary>
    public long Bytes => Images.Sum(image => image.Bytes.LongLength + (sizeof(int) * image.Sums.LongLength));

    private QuantizedImage Summed(byte[] image)
    {
        var sums = new int[w.Batch * period * w.OutHeight * w.OutWidth];
        Parallel.For(0, w.Batch * period, plane =>
        {
            int n = plane / period;
            int o = plane % period;
            int group = o / w.GroupOutChannels;
            int at = plane * w.OutHeight * w.OutWidth;
            for (int h = 0; h < w.OutHeight; h++)
            {
                for (int v = 0; v < w.OutWidth; v++)
                {
                    sums[at++] = Sum(image, n, group, o, h, v);
                }
            }
        });
        return new QuantizedImage(image, sums);
    }

    private int Sum(byte[] image, int n, int group, int o, int h, int v)
    {
        int sum = 0;
        for (int c = 0; c < w.GroupInChannels; c++)
        {
            int plane = ((n * w.InChannels) + (group * w.GroupInChannels) + c) * w.Height;
            int row = ((o * w.GroupInChannels) + c) * w.KernelHeight;
            for (int i = 0; i < w.KernelHeight; i++)
            {
                int ih = (h * w.StrideHeight) + (i * w.DilationHeight) - w.Padding.Top;
                if (ih < 0 || ih >= w.Height)
                {
                    continue;
                }

                for (int j = 0; j < w.KernelWidth; j++)
                {
                    int iw = (v * w.StrideWidth) + (j * w.DilationWidth) - w.Padding.Left;
                    if (iw >= 0 && iw < w.Width)
                    {
                        sum += (image[((plane + ih) * w.Width) + iw] - zero) * weights[((row + i) * w.KernelWidth) + j];
                    }
                }
            }
        }

        return sum;
    }
}
