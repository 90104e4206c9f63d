using Attune.Devices;
using Attune.Kernels;
using Attune.Kernels.Reference;
using Attune.Kernels.Spaces;
using Attune.Kernels.Templates;

namespace Attune.Measuring.Kernels;

/// <summary>
/// What all candidates of a task share: seeded random input in the layout the kernels read, weights, and the reference result. Output channels repeat their
/// weights with a prime period, so the reference kernel computes only one period, while every element of a candidate's output is still checked.
/// </summary>
internal sealed unsafe class TaskData : IDisposable
{
    private const double ReferenceFlops = 60e6;
    private const int MostCopies = 64;
    private static readonly int[] Primes = [3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97];
    private readonly ConvolutionWorkload entry;
    private readonly float[] weights;
    private readonly StoredWeights? stored;
    private readonly float[] expected;
    private readonly int period;
    private readonly float tolerance;
    private AlignedFloats? packed;
    private WeightCopies? copies;
    private string packedForm = string.Empty;

    public TaskData(ConvolutionWorkload workload)
    {
        Workload = workload;
        Space = KernelTemplates.CreateSpace(workload);
        Binding = KernelTemplates.CanonicalBinding(workload, Epilogue.Typical);
        period = PeriodOf(workload);
        var random = new Random(20_210_201);
        ConvolutionWorkload last = FusedPair.Second(workload);
        entry = workload.DepthwiseBefore ?? workload;
        var image = Tensor.Of(Shape.Of(entry.Batch, entry.InChannels, entry.Height, entry.Width), Fill(random, (long)entry.Batch * entry.InChannels * entry.Height * entry.Width));
        float[] distinct = Fill(random, last.WeightCount / last.OutChannels * period);
        float[] bias = Fill(random, period);
        if (workload.Weights != WeightFormat.F32)
        {
            // The result is compared with what the rounded weights give: the gate looks for wrong kernels, not for the rounding that was asked for.
            stored = StoredWeights.Convert(Repeat(distinct, workload.WeightCount), workload.OutChannels, channelsLast: false, workload.Weights, out _)!;
            distinct = stored.Widen()[..distinct.Length];
        }

        Bias = new AlignedFloats(WeightPacking.BiasCount(workload));
        float[] before = [];
        Tensor middle = image;
        if (workload.DepthwiseBefore is { } first)
        {
            before = Fill(random, first.WeightCount);
            float[] firstBias = Fill(random, first.OutChannels);
            firstBias.CopyTo(Bias.Span(0, first.OutChannels));
            middle = Reference(first, first.OutChannels, image, before, firstBias);
        }

        expected = Reference(last, period, middle, distinct, bias).Elements<float>();
        tolerance = 1e-4f * Math.Max(1e-6f, expected.Max(Math.Abs));
        weights = stored is null ? [.. before, .. Repeat(distinct, last.WeightCount)] : [];
        Repeat(bias, last.OutChannels).CopyTo(Bias.Span(WeightPacking.BiasCount(workload) - WeightPacking.BiasCount(last), last.OutChannels));
        Input = new AlignedFloats(Room(entry.InputLayout, entry.InChannels, entry.Height, entry.Width, entry.Padding));
        Scatter(image.Elements<float>());
    }

    public ConvolutionWorkload Workload { get; }

    public Space Space { get; }

    public KernelBinding Binding { get; }

    public AlignedFloats Input { get; }

    public AlignedFloats Bias { get; }

    /// <summary>Bytes held.</summary>
    public long Bytes => (stored is null ? 0 : Workload.WeightBytes) + (sizeof(float) * (weights.LongLength + Input.Count + expected.LongLength + (packed?.Count ?? 0)));

    public AlignedFloats MakeOutput() => new(Room(Workload.OutputLayout, Workload.OutChannels, Workload.OutHeight, Workload.OutWidth, default));

    /// <summary>
    /// Weights packed for a configuration, in several copies when they are smaller than the footprint. Kept for the next candidate of the same form,
    /// since packing is what large layers would wait for.
    /// </summary>
    /// <param name="configuration">Configuration whose kernel reads them.</param>
    /// <param name="footprint">Bytes that the copies together should take.</param>
    public WeightCopies Pack(Configuration configuration, long footprint)
    {
        string form = WeightPacking.FormOf(Workload, configuration);
        if (copies is null || form != packedForm)
        {
            long count = (WeightPacking.PackedCount(Workload, configuration) + 15) / 16 * 16;
            int number = (int)Math.Clamp(footprint / (count * sizeof(float)), 1, MostCopies);
            if (packed?.Count != count * number)
            {
                packed?.Dispose();
                packed = new AlignedFloats(count * number);
            }

            if (stored is null)
            {
                WeightPacking.Pack(Workload, configuration, weights, reductionMajor: false, packed.Address, Environment.ProcessorCount);
            }
            else
            {
                WeightPacking.Pack(Workload, configuration, stored, packed.Address, Environment.ProcessorCount);
            }

            for (int copy = 1; copy < number; copy++)
            {
                Buffer.MemoryCopy(packed.Address, packed.Address + (copy * count), count * sizeof(float), count * sizeof(float));
            }

            copies = new WeightCopies(packed, count, number);
            packedForm = form;
        }

        return copies;
    }

    /// <summary>Largest error of an output over the tolerance.</summary>
    public double Error(AlignedFloats output)
    {
        ActivationView view = Binding.Output;
        double worst = 0;
        int height = Workload.OutHeight;
        int width = Workload.OutWidth;
        for (int n = 0; n < Workload.Batch; n++)
        {
            for (int c = 0; c < Workload.OutChannels; c++)
            {
                int at = ((n * period) + (c % period)) * height * width;
                for (int h = 0; h < height; h++)
                {
                    float* line = output.Address + OffsetOf(view, n, c, h);
                    for (int w = 0; w < width; w++, at++)
                    {
                        double error = Math.Abs(line[w * view.Pixel] - expected[at]);
                        worst = error <= worst ? worst : error;
                    }
                }
            }
        }

        return worst / tolerance;
    }

    public void Dispose()
    {
        packed?.Dispose();
        Bias.Dispose();
        Input.Dispose();
    }

    private static int PeriodOf(ConvolutionWorkload w)
    {
        double affordable = w.OutChannels * ReferenceFlops / w.Flops;
        return w.Groups > 1 || affordable >= w.OutChannels ? w.OutChannels : Math.Min(w.OutChannels, Primes.LastOrDefault(p => p <= affordable, Primes[0]));
    }

    private static float[] Fill(Random random, long count)
    {
        var data = new float[count];
        for (long i = 0; i < count; i++)
        {
            data[i] = (random.NextSingle() * 2) - 1;
        }

        return data;
    }

    private static float[] Repeat(float[] distinct, long count)
    {
        var data = new float[count];
        for (long at = 0; at < count; at += distinct.Length)
        {
            Array.Copy(distinct, 0, data, at, Math.Min(distinct.Length, count - at));
        }

        return data;
    }

    private static Tensor Reference(ConvolutionWorkload w, int channels, Tensor image, float[] distinct, float[] bias)
    {
        var kernel = Tensor.Of(Shape.Of(channels, w.GroupInChannels, w.KernelHeight, w.KernelWidth), distinct);
        Attributes attributes = Attributes.None
            .With("kernel_shape", new long[] { w.KernelHeight, w.KernelWidth })
            .With("strides", new long[] { w.StrideHeight, w.StrideWidth })
            .With("dilations", new long[] { w.DilationHeight, w.DilationWidth })
            .With("pads", new long[] { w.Padding.Top, w.Padding.Left, w.Padding.Bottom, w.Padding.Right })
            .With("group", w.Groups)
            .With(FusedOperators.Activation, Epilogue.Typical.Activation);
        var node = new Node("reference", FusedOperators.Convolution, 1, ["x", "w", "b"], ["y"], attributes);
        return ReferenceKernels.Run(node, [image, kernel, Tensor.Vector(bias)])[0];
    }

    private long Room(ActivationLayout layout, int channels, int height, int width, Halo halo)
    {
        long rounded = layout == ActivationLayout.Planar ? channels : (channels + Workload.Lanes - 1) / Workload.Lanes * Workload.Lanes;
        return ((long)Workload.Batch * rounded * (height + halo.Top + halo.Bottom) * (width + halo.Left + halo.Right)) + Workload.Lanes;
    }

    private void Scatter(float[] image)
    {
        ActivationView view = Binding.Input;
        int at = 0;
        for (int n = 0; n < entry.Batch; n++)
        {
            for (int c = 0; c < entry.InChannels; c++)
            {
                for (int h = 0; h < entry.Height; h++)
                {
                    float* line = Input.Address + OffsetOf(view, n, c, h);
                    for (int w = 0; w < entry.Width; w++, at++)
                    {
                        line[w * view.Pixel] = image[at];
                    }
                }
            }
        }
    }

    private long OffsetOf(ActivationView view, int n, int c, int h) =>
        view.Origin + (n * view.Batch) + (c / Workload.Lanes * view.Block) + (c % Workload.Lanes * view.Lane) + (h * view.Row);
}
