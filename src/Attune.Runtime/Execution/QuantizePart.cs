using System.Runtime.Intrinsics;
using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Quantized;
using Attune.Runtime.Plan;

namespace Attune.Runtime.Execution;

/// <summary>Rounds dense images of floats to bytes with all channels of a pixel next to each other: where a network of bytes begins.</summary>
/// <param name="source">Floats, row by row.</param>
/// <param name="target">Bytes.</param>
/// <param name="scale">What they stand for.</param>
internal sealed unsafe class QuantizePart(Storage source, Storage target, QuantizationScale scale) : StepPart
{
    private readonly ActivationView view = target.ImageView;

    public override void Run(RunContext context, int member, int members)
    {
        Extent extent = target.Extent;
        float* floats = context.AddressOf(source);
        byte* bytes = (byte*)context.AddressOf(target);
        int lines = extent.Images * extent.Rows;
        long plane = (long)extent.Rows * extent.Columns;
        for (int line = (int)((long)lines * member / members); line < (int)((long)lines * (member + 1) / members); line++)
        {
            (int image, int row) = Math.DivRem(line, extent.Rows);
            float* from = floats + (image * extent.Channels * plane) + ((long)row * extent.Columns);
            byte* to = bytes + view.Origin + (image * view.Batch) + (row * view.Row);
            for (int channel = 0; channel < target.OwnChannels; channel += QuantizedWorkload.Neighbours)
            {
                Pixels(from + (channel * plane), plane, Math.Clamp(extent.Channels - channel, 0, QuantizedWorkload.Neighbours), to + channel, extent.Columns);
            }
        }
    }

    /// <summary>Four channels of a row of pixels, of which some may not exist.</summary>
    private void Pixels(float* from, long plane, int channels, byte* to, int columns)
    {
        int column = 0;
        int step = (int)view.Pixel;
        uint* packed = stackalloc uint[Vector256<uint>.Count];
        for (; column + Vector256<float>.Count <= columns; column += Vector256<float>.Count)
        {
            Vector256<uint> pixels = Vector256<uint>.Zero;
            for (int channel = 0; channel < channels; channel++)
            {
                Vector256<float> rounded = Vector256.Round(Vector256.Load(from + (channel * plane) + column) / scale.Scale);
                Vector256<float> bounded = Vector256.Min(Vector256.Max(rounded, Vector256.Create(-512f)), Vector256.Create(512f));
                Vector256<int> whole = Vector256.ConvertToInt32(bounded) + Vector256.Create((int)scale.Zero);
                pixels |= Vector256.Clamp(whole, Vector256<int>.Zero, Vector256.Create((int)byte.MaxValue)).AsUInt32() << (8 * channel);
            }

            if (step == sizeof(uint))
            {
                pixels.Store((uint*)to + column);
                continue;
            }

            pixels.Store(packed);
            for (int i = 0; i < Vector256<uint>.Count; i++)
            {
                *(uint*)(to + ((long)(column + i) * step)) = packed[i];
            }
        }

        for (; column < columns; column++)
        {
            for (int channel = 0; channel < QuantizedWorkload.Neighbours; channel++)
            {
                to[((long)column * step) + channel] = channel < channels ? Rounded(from[(channel * plane) + column] / scale.Scale) : (byte)0;
            }
        }
    }

    private byte Rounded(float number) =>
        (byte)Math.Clamp((int)MathF.Min(MathF.Max(MathF.Round(number, MidpointRounding.ToEven), -512), 512) + scale.Zero, 0, byte.MaxValue);
}
