using System.Runtime.InteropServices;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Kernels.Templates;

namespace Attune.Measuring.Kernels;

/// <summary>
/// Data of a task on brain floats. An input is one of two images times a power of two, which brain floats hold exactly, so that the sums of the reference kernel
/// serve all of them. Channels past the last one are drawn like all others: kernels multiply them by weights of zero.
/// </summary>
/// <remarks>
/// A kernel adds its products in an order of its own, and rounds after each. One rounding moves a sum by at most 2^-24 of its magnitude, up as often as down, so
/// that n of them add up to sqrt(n) times that, of which the standard deviation is 1 over sqrt(3): four times sqrt(n) is seven standard deviations. The magnitude
/// of all sums on the way is taken to be the largest of all outputs before their activation; some roundings more are for sums of few products. Rounding to brain
/// floats keeps the order of numbers: what is stored lies between what both ends of that range are rounded to, for nearly all outputs one number.
/// </remarks>
internal sealed unsafe class BrainFloatTaskData : NarrowTaskData
{
    private const float RoundingOfSums = 1f / (1 << 24);
    private const double RoundingsPerRoot = 4;
    private const double MinRoundings = 16;
    private readonly BFloat16Workload workload;
    private readonly TaskReference reference;
    private readonly float[] expected;
    private readonly float relative;
    private float tolerance;

    /// <summary>Draws weights and images.</summary>
    /// <param name="backend">The device.</param>
    /// <param name="workload">The task.</param>
    public BrainFloatTaskData(IBackend backend, BFloat16Workload workload)
        : base(backend, workload)
    {
        this.workload = workload;
        reference = new TaskReference(workload, Weights, new Random(20_261_201), number => BFloat16.FromSingle(number).ToSingle());
        expected = new float[workload.Batch * Signature.Output.Batch];
        double products = (double)workload.GroupInChannels * workload.KernelHeight * workload.KernelWidth;
        relative = RoundingOfSums * (float)Math.Max(MinRoundings, RoundingsPerRoot * Math.Sqrt(products));
    }

    /// <inheritdoc/>
    public override long Bytes => base.Bytes + reference.Bytes + (expected.LongLength * sizeof(float));

    /// <inheritdoc/>
    public override double Error(GuardedFloats output)
    {
        fixed (float* wanted = expected)
        {
            return workload.OutputElement == DataType.Float32
                ? OutputComparison.Of(output.Address, wanted, expected.LongLength, tolerance)
                : Worst(new ReadOnlySpan<BFloat16>(output.Address, expected.Length), expected, tolerance);
        }
    }

    /// <inheritdoc/>
    protected override void Draw(ProbeKind kind, int seed)
    {
        var probe = ProbeInput.Draw(kind, seed, isLinear: true, hasHalves: false);
        bool isMixed = kind == ProbeKind.Mixed;
        float drawn = isMixed ? probe.Second : probe.First;
        float factor = drawn == 0 ? 0 : MathF.CopySign(MathF.ScaleB(1, MathF.ILogB(drawn)), drawn);
        (float[] image, float[] sums, float largest) = isMixed
            ? (reference.Mixed, reference.MixedSums, reference.MixedLargest)
            : (reference.Dense, reference.DenseSums, reference.DenseLargest);
        Lay(image, factor, new Random(seed ^ 0x1f83d9ab));
        Expect(sums, factor, DrawBiases(probe, Math.Abs(factor) * largest));
    }

    /// <summary>Largest distance from the range of what may be stored, in tolerances beyond the one that is allowed.</summary>
    private static double Worst(ReadOnlySpan<BFloat16> actual, float[] expected, float tolerance)
    {
        double worst = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            if (float.IsNaN(expected[i]))
            {
                continue;
            }

            float stored = actual[i].ToSingle();
            float least = BFloat16.FromSingle(Math.Max(0, expected[i] - tolerance)).ToSingle();
            float most = BFloat16.FromSingle(expected[i] + tolerance).ToSingle();
            if (!(stored >= least && stored <= most))
            {
                double distance = stored < least ? (double)least - stored : (double)stored - most;
                worst = Math.Max(worst, double.IsNaN(distance) ? double.PositiveInfinity : 1 + (distance / tolerance));
            }
        }

        return worst;
    }

    private void Lay(float[] image, float factor, Random random)
    {
        Span<BFloat16> laid = MemoryMarshal.Cast<float, BFloat16>(Input.Span(0, (int)Input.Count));
        bool hasHalo = !workload.Padding.IsEmpty;
        for (int i = 0; i < laid.Length; i++)
        {
            laid[i] = hasHalo ? default : BFloat16.FromSingle(random.NextSingle() - 0.5f);
        }

        ActivationView view = Signature.Input;
        int channels = (workload.InChannels + workload.Lanes - 1) / workload.Lanes * workload.Lanes;
        int at = 0;
        for (int n = 0; n < workload.Batch; n++)
        {
            for (int c = 0; c < channels; c++)
            {
                for (int h = 0; h < workload.Height; h++)
                {
                    long line = OffsetOf(view, n, c, h);
                    for (int w = 0; w < workload.Width; w++)
                    {
                        float number = c < workload.InChannels ? image[at++] * factor : random.NextSingle() - 0.5f;
                        laid[(int)(line + (w * view.Pixel))] = BFloat16.FromSingle(number);
                    }
                }
            }
        }
    }

    private float[] DrawBiases(ProbeInput probe, float sums)
    {
        var random = new Random(probe.Seed ^ 0x5bd1e995);
        var biases = new float[workload.OutChannels];
        float offset = probe.Kind == ProbeKind.Open ? 2.5f * sums : 0;
        for (int channel = 0; channel < biases.Length; channel++)
        {
            biases[channel] = offset + (probe.Scale * ((random.NextSingle() * 2) - 1));
        }

        Bias.Clear();
        biases.CopyTo(Bias.Span(0, biases.Length));
        return biases;
    }

    private void Expect(float[] sums, float factor, float[] biases)
    {
        ActivationView view = Signature.Output;
        Array.Fill(expected, float.NaN);
        int plane = workload.OutHeight * workload.OutWidth;
        float largest = 0;
        for (int n = 0; n < workload.Batch; n++)
        {
            for (int c = 0; c < workload.OutChannels; c++)
            {
                int at = ((n * Weights.Period) + Weights.SetOf(c)) * plane;
                for (int h = 0; h < workload.OutHeight; h++)
                {
                    long line = OffsetOf(view, n, c, h);
                    for (int w = 0; w < workload.OutWidth; w++, at++)
                    {
                        float sum = (float)(((double)factor * sums[at]) + biases[c]);
                        largest = Math.Max(largest, Math.Abs(sum));
                        expected[line + (w * view.Pixel)] = Math.Max(0, sum);
                    }
                }
            }
        }

        tolerance = Math.Max(float.Epsilon, relative * largest);
    }
}
