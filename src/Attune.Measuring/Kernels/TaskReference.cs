using Attune.Kernels;
using Attune.Kernels.Templates;
using Attune.Reference;

namespace Attune.Measuring.Kernels;

/// <summary>
/// The two basic images of a task and what the reference kernel makes of them: sums per distinct output channel, without bias and activation. One image is
/// dense, the other mixes magnitudes, zeros and denormals.
/// </summary>
internal sealed class TaskReference
{
    private const double ReferenceFlops = 60e6;
    private static readonly int[] Primes = [3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97];

    /// <summary>Runs the reference kernel on both images.</summary>
    /// <param name="workload">The task.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="random">Source of the values.</param>
    /// <param name="round">What becomes of every number of the images; null leaves them as they are.</param>
    public TaskReference(WeightedWorkload workload, TaskWeights weights, Random random, Converter<float, float>? round = null)
    {
        ConvolutionWorkload entry = workload.Entry;
        ConvolutionWorkload last = workload.Exit;
        long count = (long)entry.Batch * entry.InChannels * entry.Height * entry.Width;
        Dense = Rounded(Draw(count, () => Uniform(random)));
        Mixed = Rounded(Draw(count, () => MixedNumber(random)));
        FirstBias = workload is PairWorkload pair ? Draw(pair.First.OutChannels, () => Uniform(random)) : [];
        DenseSums = Sums(Dense);
        MixedSums = Sums(Mixed);
        DenseLargest = DenseSums.Max(Math.Abs);
        MixedLargest = MixedSums.Max(Math.Abs);

        float[] Rounded(float[] image) => round is null ? image : Array.ConvertAll(image, round);

        float[] Sums(float[] image)
        {
            var tensor = Tensor.Of(Shape.Of(entry.Batch, entry.InChannels, entry.Height, entry.Width), image);
            if (workload is PairWorkload { First: var first })
            {
                tensor = Run(first, first.OutChannels, tensor, weights.Before, FirstBias, Epilogue.Typical.Activation);
            }

            return Run(last, weights.Period, tensor, weights.Distinct, new float[weights.Period], "none").Elements<float>();
        }
    }

    /// <summary>The dense image, [N][C][H][W].</summary>
    public float[] Dense { get; }

    /// <summary>The mixed image, [N][C][H][W].</summary>
    public float[] Mixed { get; }

    /// <summary>Biases of the first operator of a pair for an image at its own magnitude; else empty.</summary>
    public float[] FirstBias { get; }

    /// <summary>Sums of the dense image, [N][distinct channel][H][W].</summary>
    public float[] DenseSums { get; }

    /// <summary>Sums of the mixed image.</summary>
    public float[] MixedSums { get; }

    /// <summary>Largest magnitude of <see cref="DenseSums"/>.</summary>
    public float DenseLargest { get; }

    /// <summary>Largest magnitude of <see cref="MixedSums"/>.</summary>
    public float MixedLargest { get; }

    /// <summary>Bytes held.</summary>
    public long Bytes => sizeof(float) * (Dense.LongLength + Mixed.LongLength + DenseSums.LongLength + MixedSums.LongLength);

    /// <summary>How many output channels of a task get weights of their own, so that the reference kernel stays affordable.</summary>
    public static int PeriodOf(WeightedWorkload workload)
    {
        ConvolutionWorkload w = workload.Exit;
        double affordable = w.OutChannels * ReferenceFlops / workload.Flops;
        return w.Groups > 1 || affordable >= w.OutChannels ? w.OutChannels : Math.Min(w.OutChannels, Primes.LastOrDefault(p => p <= affordable, Primes[0]));
    }

    private static float[] Draw(long count, Func<float> next)
    {
        var data = new float[count];
        for (long i = 0; i < count; i++)
        {
            data[i] = next();
        }

        return data;
    }

    private static float Uniform(Random random) => (random.NextSingle() * 2) - 1;

    // A quarter zeros, a sixteenth denormals, a few that stand out; the others halve up to 24 times.
    private static float MixedNumber(Random random) => random.Next(64) switch
    {
        < 8 => 0,
        < 16 => -0f,
        < 20 => Uniform(random) * 1e-39f,
        20 => Uniform(random) * 64,
        _ => MathF.ScaleB(Uniform(random), -random.Next(25)),
    };

    private static Tensor Run(ConvolutionWorkload w, int channels, Tensor image, float[] distinct, float[] bias, string activation)
    {
        Attributes attributes = Attributes.None
            .With("kernel_shape", new long[] { w.KernelHeight, w.KernelWidth })
            .With("strides", new long[] { w.StrideHeight, w.StrideWidth })
            .With("dilations", new long[] { w.DilationHeight, w.DilationWidth })
            .With("pads", new long[] { w.Padding.Top, w.Padding.Left, w.Padding.Bottom, w.Padding.Right })
            .With("group", w.Groups);
        if (w is TransposedWorkload transposed)
        {
            int outputs = channels / w.Groups;
            float[] turned = TransposedWorkload.Turned(distinct, w.Groups, outputs, w.GroupInChannels, w.KernelHeight * w.KernelWidth);
            attributes = attributes.With("output_padding", new long[] { transposed.ExtraRows, transposed.ExtraColumns });
            return Run("ConvTranspose", attributes, image, Shape.Of(w.InChannels, outputs, w.KernelHeight, w.KernelWidth), turned, bias);
        }

        Shape shape = Shape.Of(channels, w.GroupInChannels, w.KernelHeight, w.KernelWidth);
        return Run(FusedOperators.Convolution, attributes.With(FusedOperators.Activation, activation), image, shape, distinct, bias);
    }

    private static Tensor Run(string @operator, Attributes attributes, Tensor image, Shape shape, float[] weights, float[] bias)
    {
        var node = new Node("reference", @operator, 1, ["x", "w", "b"], ["y"], attributes);
        return ReferenceKernels.Default.Run(node, [image, Tensor.Of(shape, weights), Tensor.Vector(bias)])[0];
    }
}
