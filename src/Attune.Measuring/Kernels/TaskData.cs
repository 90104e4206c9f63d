using System.Numerics;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;

namespace Attune.Measuring.Kernels;

/// <summary>
/// What all candidates of a task share: an input in the layout the kernels read, weights, biases, and the output to expect. Input and biases are drawn anew
/// again and again. Lanes past the last channel hold NaN in the input and are not compared in the output: in blocked and row-major layouts they may hold
/// anything, and no kernel may let them into a channel. The halo is zeros, as in a model.
/// </summary>
internal sealed unsafe class TaskData : ITaskData
{
    private const float RelativeTolerance = 1e-4f;
    private readonly ConvolutionWorkload entry;
    private readonly ConvolutionWorkload last;
    private readonly TaskReference reference;
    private readonly GuardedFloats dense;
    private readonly GuardedFloats mixed;
    private readonly GuardedFloats expected;
    private readonly TaskWeights weights;
    private ulong inputPrint;
    private ulong biasPrint;
    private ProbeInput? probe;
    private int probeVersion;
    private float tolerance;

    public TaskData(IBackend backend, WeightedWorkload workload)
    {
        Workload = workload;
        Target = TargetOf(backend, workload);
        Space = KernelTemplates.CreateSpace(workload, Target);
        Signature = KernelTemplates.CanonicalSignature(workload, Epilogue.Typical);
        var random = new Random(20_210_201);
        entry = workload.Entry;
        last = workload.Exit;
        weights = new TaskWeights(backend, workload, TaskReference.PeriodOf(workload), random);
        reference = new TaskReference(workload, weights, random);
        long inputCount = entry.Batch * Signature.Input.Batch;
        dense = Scatter(reference.Dense, inputCount);
        mixed = Scatter(reference.Mixed, inputCount);
        Input = new GuardedFloats(backend, inputCount);
        Bias = new GuardedFloats(backend, WeightPacking.BiasCount(workload));
        expected = new GuardedFloats(OutputCount);
    }

    /// <summary>What a workload's kernels are generated for: its key says how wide a processor's vectors are.</summary>
    public static KernelTarget TargetOf(IBackend backend, WeightedWorkload workload) =>
        backend.Target.Kind == TargetKind.Cpu ? backend.Target.WithLanes(workload.Lanes) : backend.Target;

    public WeightedWorkload Workload { get; }

    public KernelTarget Target { get; }

    public Space Space { get; }

    public KernelSignature Signature { get; }

    public GuardedFloats Input { get; }

    public GuardedFloats Bias { get; }

    /// <inheritdoc/>
    public long OutputCount => last.Batch * Signature.Output.Batch;

    /// <inheritdoc/>
    public long Bytes => weights.Bytes + reference.Bytes + (sizeof(float) * ((3 * Input.Count) + expected.Count));

    /// <inheritdoc/>
    public WeightCopies Pack(Configuration configuration, long footprint) => weights.Pack(configuration, footprint);

    /// <inheritdoc/>
    public void Settle()
    {
        if (probe?.Kind != ProbeKind.Ordinary || probeVersion != weights.Version)
        {
            Renew(ProbeKind.Ordinary, weights.Version);
        }
    }

    /// <inheritdoc/>
    public void Renew(ProbeKind kind, int seed)
    {
        bool isLinear = Workload is not PairWorkload;
        probe = ProbeInput.Draw(kind, seed, isLinear, Workload.Weights == WeightFormat.F16);
        probeVersion = weights.Version;
        Combine(Input.Span(0, (int)Input.Count), dense.Span(0, (int)Input.Count), mixed.Span(0, (int)Input.Count), probe.First, probe.Second);
        float[] biases = DrawBiases(probe);
        Expect(probe, biases);
        Input.Upload();
        Bias.Upload();
        inputPrint = Input.Fingerprint();
        biasPrint = Bias.Fingerprint();
    }

    /// <inheritdoc/>
    public double Error(GuardedFloats output) => OutputComparison.Of(output.Address, expected.Address, expected.Count, tolerance);

    /// <inheritdoc/>
    public string? Damage(bool contents, bool large) =>
        !Input.IsIntact || !Bias.IsIntact || !weights.IsIntact ? "wrote outside its output"
        : contents && (Input.Fingerprint() != inputPrint || Bias.Fingerprint() != biasPrint) ? "wrote into its input"
        : large && !weights.IsUnchanged ? "wrote into its weights"
        : null;

    /// <inheritdoc/>
    public void Restore()
    {
        Input.Arm();
        Bias.Arm();
        weights.Forget();
        probe = null;
    }

    public void Dispose()
    {
        weights.Dispose();
        dense.Dispose();
        mixed.Dispose();
        expected.Dispose();
        Bias.Dispose();
        Input.Dispose();
    }

    // Lanes that hold NaN keep it, and zeros of the halo stay zeros: the factors are finite.
    private static void Combine(Span<float> target, ReadOnlySpan<float> one, ReadOnlySpan<float> other, float factor, float otherFactor)
    {
        var first = new Vector<float>(factor);
        var second = new Vector<float>(otherFactor);
        int at = 0;
        for (; at + Vector<float>.Count <= target.Length; at += Vector<float>.Count)
        {
            ((first * new Vector<float>(one[at..])) + (second * new Vector<float>(other[at..]))).CopyTo(target[at..]);
        }

        for (; at < target.Length; at++)
        {
            target[at] = (factor * one[at]) + (otherFactor * other[at]);
        }
    }

    private float[] DrawBiases(ProbeInput input)
    {
        var random = new Random(input.Seed ^ 0x5bd1e995);
        var biases = new float[last.OutChannels];
        float offset = input.Kind == ProbeKind.Open ? 2.5f * SumsOf(input) : 0;
        for (int channel = 0; channel < biases.Length; channel++)
        {
            biases[channel] = offset + (input.Scale * ((random.NextSingle() * 2) - 1));
        }

        Bias.Clear();
        for (int channel = 0; channel < reference.FirstBias.Length; channel++)
        {
            *(Bias.Address + channel) = reference.FirstBias[channel] * Math.Max(Math.Abs(input.First), Math.Abs(input.Second));
        }

        biases.CopyTo(Bias.Span(WeightPacking.BiasCount(Workload) - WeightPacking.BiasCount(last), last.OutChannels));
        return biases;
    }

    private float SumsOf(ProbeInput input) => (Math.Abs(input.First) * reference.DenseLargest) + (Math.Abs(input.Second) * reference.MixedLargest);

    private void Expect(ProbeInput input, float[] biases)
    {
        ActivationView view = Signature.Output;
        int plane = last.OutHeight * last.OutWidth;
        float largest = 0;
        for (int n = 0; n < last.Batch; n++)
        {
            for (int c = 0; c < last.OutChannels; c++)
            {
                int at = ((n * weights.Period) + weights.SetOf(c)) * plane;
                double first = (double)input.First * weights.ChannelFactors[c];
                double second = (double)input.Second * weights.ChannelFactors[c];
                for (int h = 0; h < last.OutHeight; h++)
                {
                    float* line = expected.Address + OffsetOf(view, n, c, h);
                    for (int w = 0; w < last.OutWidth; w++, at++)
                    {
                        float sum = (float)((first * reference.DenseSums[at]) + (second * reference.MixedSums[at]) + biases[c]);
                        largest = Math.Max(largest, Math.Abs(sum));
                        line[w * view.Pixel] = Math.Max(0, sum);
                    }
                }
            }
        }

        // Rounding errors are in proportion to the sums, whatever the activation leaves of them.
        tolerance = Math.Max(float.Epsilon, RelativeTolerance * largest);
    }

    private GuardedFloats Scatter(float[] image, long count)
    {
        var target = new GuardedFloats(count);
        ActivationView view = Signature.Input;
        if (!entry.InputHalo.IsEmpty)
        {
            target.Clear();
        }

        int at = 0;
        int lanes = entry.InputLayout == ActivationLayout.Planar ? entry.InChannels : (entry.InChannels + Workload.Lanes - 1) / Workload.Lanes * Workload.Lanes;
        for (int n = 0; n < entry.Batch; n++)
        {
            for (int c = 0; c < lanes; c++)
            {
                for (int h = 0; h < entry.Height; h++)
                {
                    float* line = target.Address + OffsetOf(view, n, c, h);
                    for (int w = 0; w < entry.Width; w++)
                    {
                        line[w * view.Pixel] = c < entry.InChannels ? image[at++] : float.NaN;
                    }
                }
            }
        }

        return target;
    }

    private long OffsetOf(ActivationView view, int n, int c, int h) =>
        view.Origin + (n * view.Batch) + (c / Workload.Lanes * view.Block) + (c % Workload.Lanes * view.Lane) + (h * view.Row);
}
