using System.Runtime.InteropServices;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Quantized;

namespace Attune.Measuring.Kernels;

/// <summary>
/// Data of a quantised task. Bytes past the last channel are drawn like all others: kernels multiply them by weights of zero. The halo is what stands for zero.
/// Sums are integers and the numbers after them are rounded once each, so that kernels agree to the bit; where the target has no fused multiply-add a byte may
/// be one step away, seldom.
/// </summary>
internal sealed unsafe class QuantizedTaskData : ITaskData
{
    private const byte Zero = 117;
    // Without a fused multiply-add a number is rounded twice, and of so many at most one falls on the other side of a tie.
    private const int BytesPerStep = 200;
    private const float RelativeTolerance = 1e-5f;
    private readonly QuantizedWorkload workload;
    private readonly TaskWeights weights;
    private readonly QuantizedReference reference;
    private readonly byte[] expected;
    private readonly byte[] matters;
    private readonly float[] numbers;
    private ulong inputPrint;
    private ulong biasPrint;
    private ProbeKind? probe;

    public QuantizedTaskData(IBackend backend, QuantizedWorkload workload)
    {
        this.workload = workload;
        Target = TaskData.TargetOf(backend, workload);
        Space = KernelTemplates.CreateSpace(workload, Target);
        Signature = KernelTemplates.CanonicalSignature(workload, Epilogue.Typical);
        weights = new TaskWeights(backend, workload, TaskReference.PeriodOf(workload), new Random(20_261_130));
        reference = new QuantizedReference(workload, weights, Zero, new Random(20_261_201));
        Input = new GuardedFloats(backend, FloatsOf(workload.Batch * Signature.Input.Batch));
        Bias = new GuardedFloats(backend, WeightPacking.BiasCount(workload));
        bool bytes = workload.OutputElement == DataType.UInt8;
        long count = workload.Batch * Signature.Output.Batch;
        OutputCount = bytes ? FloatsOf(count) : count;
        expected = bytes ? new byte[count] : [];
        matters = bytes ? new byte[count] : [];
        numbers = bytes ? [] : new float[count];
    }

    /// <inheritdoc/>
    public WeightedWorkload Workload => workload;

    /// <inheritdoc/>
    public KernelTarget Target { get; }

    /// <inheritdoc/>
    public Space Space { get; }

    /// <inheritdoc/>
    public KernelSignature Signature { get; }

    /// <inheritdoc/>
    public GuardedFloats Input { get; }

    /// <inheritdoc/>
    public GuardedFloats Bias { get; }

    /// <inheritdoc/>
    public long OutputCount { get; }

    /// <inheritdoc/>
    public long Bytes => weights.Bytes + reference.Bytes + (Input.Count * sizeof(float)) + expected.LongLength + matters.LongLength
        + (numbers.LongLength * sizeof(float));

    /// <inheritdoc/>
    public WeightCopies Pack(Configuration configuration, long footprint) => weights.Pack(configuration, footprint);

    /// <inheritdoc/>
    public void Settle()
    {
        if (probe != ProbeKind.Ordinary)
        {
            Renew(ProbeKind.Ordinary, 0);
        }
    }

    /// <inheritdoc/>
    public void Renew(ProbeKind kind, int seed)
    {
        probe = kind;
        QuantizedImage image = reference.Images[(int)kind % reference.Images.Length];
        Lay(image.Bytes);
        var random = new Random(seed ^ 0x2c1b3c6d);
        float largest = Math.Max(1, image.Largest) * weights.Stored!.Scales.Max();

        // Outputs of both signs, a few of them beyond what bytes can hold.
        var output = new QuantizationScale(Math.Max(1e-6f, largest / 160), (byte)random.Next(64, 192));
        float[] biases = [.. Enumerable.Range(0, workload.OutChannels).Select(_ => largest * (random.NextSingle() - 0.5f) / 4)];
        float[] table = RequantizationTable.Of(
            workload,
            weights.Stored!,
            biases,
            new QuantizationScale(1, Zero),
            workload.OutputElement == DataType.UInt8 ? output : null,
            Epilogue.Typical);
        table.CopyTo(Bias.Span(0, table.Length));
        Expect(image, biases, output);
        Input.Upload();
        Bias.Upload();
        inputPrint = Input.Fingerprint();
        biasPrint = Bias.Fingerprint();
    }

    /// <inheritdoc/>
    public double Error(GuardedFloats output)
    {
        if (workload.OutputElement == DataType.Float32)
        {
            float largest = numbers.Where(number => !float.IsNaN(number)).Max();
            fixed (float* wanted = numbers)
            {
                return OutputComparison.Of(output.Address, wanted, numbers.LongLength, Math.Max(float.Epsilon, RelativeTolerance * largest));
            }
        }

        var actual = new ReadOnlySpan<byte>(output.Address, expected.Length);
        int worst = 0;
        int different = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            int difference = Math.Abs(actual[i] - expected[i]) & matters[i];
            worst = Math.Max(worst, difference);
            different += difference > 0 ? 1 : 0;
        }

        int allowed = Target.Instructions.HasFlag(VectorInstructions.FusedMultiplyAdd) ? 0 : 1 + (expected.Length / BytesPerStep);
        return different <= allowed && worst <= 1 ? worst : worst + 1;
    }

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

    /// <inheritdoc/>
    public void Dispose()
    {
        weights.Dispose();
        Bias.Dispose();
        Input.Dispose();
    }

    private static long FloatsOf(long bytes) => (bytes + sizeof(float) - 1) / sizeof(float);

    private void Lay(byte[] image)
    {
        Span<byte> laid = MemoryMarshal.AsBytes(Input.Span(0, (int)Input.Count));
        var random = new Random(1);
        random.NextBytes(laid);
        ActivationView view = Signature.Input;
        Halo halo = workload.Padding;
        int blocks = (workload.InChannels + workload.Lanes - 1) / workload.Lanes;
        if (!halo.IsEmpty)
        {
            laid.Fill(Zero);
        }

        int at = 0;
        for (int n = 0; n < workload.Batch; n++)
        {
            for (int c = 0; c < blocks * workload.Lanes; c++)
            {
                for (int h = 0; h < workload.Height; h++)
                {
                    long line = OffsetOf(view, n, c, h);
                    for (int w = 0; w < workload.Width; w++)
                    {
                        // Behind the last channel of a row of a matrix the next row may begin.
                        if (c < workload.InChannels)
                        {
                            laid[(int)(line + (w * view.Pixel))] = image[at++];
                        }
                        else if (!workload.IsDense)
                        {
                            laid[(int)(line + (w * view.Pixel))] = (byte)random.Next(256);
                        }
                    }
                }
            }
        }
    }

    private void Expect(QuantizedImage image, float[] biases, QuantizationScale output)
    {
        ActivationView view = Signature.Output;
        bool bytes = workload.OutputElement == DataType.UInt8;
        double divisor = bytes ? output.Scale : 1;
        Array.Fill(numbers, float.NaN);
        int plane = workload.OutHeight * workload.OutWidth;
        for (int n = 0; n < workload.Batch; n++)
        {
            for (int c = 0; c < workload.OutChannels; c++)
            {
                float factor = (float)(weights.Stored!.Scales[c] / divisor);
                float summand = (float)(biases[c] / divisor);
                int at = ((n * weights.Period) + weights.SetOf(c)) * plane;
                for (int h = 0; h < workload.OutHeight; h++)
                {
                    long line = OffsetOf(view, n, c, h);
                    for (int w = 0; w < workload.OutWidth; w++, at++)
                    {
                        float number = Math.Max(0, MathF.FusedMultiplyAdd(image.Sums[at], factor, summand));
                        long place = line + (w * view.Pixel);
                        if (bytes)
                        {
                            matters[place] = byte.MaxValue;
                            expected[place] = (byte)Math.Clamp(MathF.Round(number, MidpointRounding.ToEven) + output.Zero, 0, 255);
                        }
                        else
                        {
                            numbers[place] = number;
                        }
                    }
                }
            }
        }
    }

    private long OffsetOf(ActivationView view, int n, int c, int h) =>
        view.Origin + (n * view.Batch) + (c / workload.Lanes * view.Block) + (c % workload.Lanes * view.Lane) + (h * view.Row);
}
