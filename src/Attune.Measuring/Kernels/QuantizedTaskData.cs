using System.Runtime.InteropServices;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Quantized;

namespace Attune.Measuring.Kernels;

/// <summary>
/// Data of a quantised task. Bytes past the last channel are drawn like all others: kernels multiply them by weights of zero. The halo is what stands for zero.
/// Sums are integers and the numbers after them are rounded once each, so that kernels agree to the bit; where the target has no fused multiply-add a byte may
/// be one step away, seldom.
/// </summary>
internal sealed unsafe class QuantizedTaskData : NarrowTaskData
{
    private const byte Zero = 117;
    // Without a fused multiply-add a number is rounded twice, and of so many at most one falls on the other side of a tie.
    private const int BytesPerStep = 200;
    private const float RelativeTolerance = 1e-5f;
    private readonly QuantizedWorkload workload;
    private readonly QuantizedReference reference;
    private readonly byte[] expected;
    private readonly byte[] matters;
    private readonly float[] numbers;

    public QuantizedTaskData(IBackend backend, QuantizedWorkload workload)
        : base(backend, workload)
    {
        this.workload = workload;
        reference = new QuantizedReference(workload, Weights, Zero, new Random(20_261_201));
        bool bytes = workload.OutputElement == DataType.UInt8;
        long count = workload.Batch * Signature.Output.Batch;
        expected = bytes ? new byte[count] : [];
        matters = bytes ? new byte[count] : [];
        numbers = bytes ? [] : new float[count];
    }

    /// <inheritdoc/>
    public override long Bytes => base.Bytes + reference.Bytes + expected.LongLength + matters.LongLength
        + (numbers.LongLength * sizeof(float));

    /// <inheritdoc/>
    protected override void Draw(ProbeKind kind, int seed)
    {
        QuantizedImage image = reference.Images[(int)kind % reference.Images.Length];
        Lay(image.Bytes);
        var random = new Random(seed ^ 0x2c1b3c6d);
        float largest = Math.Max(1, image.Largest) * Weights.Stored!.Scales.Max();

        // Outputs of both signs, a few of them beyond what bytes can hold.
        var output = new QuantizationScale(Math.Max(1e-6f, largest / 160), (byte)random.Next(64, 192));
        float[] biases = [.. Enumerable.Range(0, workload.OutChannels).Select(_ => largest * (random.NextSingle() - 0.5f) / 4)];
        float[] table = RequantizationTable.Of(
            workload,
            Weights.Stored!,
            biases,
            new QuantizationScale(1, Zero),
            workload.OutputElement == DataType.UInt8 ? output : null,
            Epilogue.Typical);
        table.CopyTo(Bias.Span(0, table.Length));
        Expect(image, biases, output);
    }

    /// <inheritdoc/>
    public override double Error(GuardedFloats output)
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
                float factor = (float)(Weights.Stored!.Scales[c] / divisor);
                float summand = (float)(biases[c] / divisor);
                int at = ((n * Weights.Period) + Weights.SetOf(c)) * plane;
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
}
