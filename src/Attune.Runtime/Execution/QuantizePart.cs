using System.Runtime.Intrinsics;
using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Quantized;
using Attune.Runtime.Plan;

namespace Attune.Runtime.Execution;

/// <summary>Rounds images of floats to bytes with all channels of a pixel next to each other: where a network of bytes begins.</summary>
/// <param name="source">Floats, row by row, or in blocks of channels.</param>
/// <param name="target">Bytes.</param>
/// <param name="scale">What they stand for.</param>
internal sealed unsafe class QuantizePart(Storage source, Storage target, QuantizationScale scale) : StepPart
{
    private readonly ActivationView view = target.ImageView;

    public override void Run(RunContext context, int member, int members) => Round(context, scale, member, members);

    /// <summary>Rounds the share of a member.</summary>
    /// <param name="context">Where source and target are.</param>
    /// <param name="to">What the bytes stand for.</param>
    /// <param name="member">Number of the member.</param>
    /// <param name="members">How many there are.</param>
    public void Round(RunContext context, QuantizationScale to, int member, int members)
    {
        if (source.Kind == StorageKind.Blocked)
        {
            RoundBlocks(context, to, member, members);
            return;
        }

        Extent extent = target.Extent;
        float* floats = context.AddressOf(source);
        byte* bytes = (byte*)context.AddressOf(target);
        int lines = extent.Images * extent.Rows;
        long plane = (long)extent.Rows * extent.Columns;
        for (int line = (int)((long)lines * member / members); line < (int)((long)lines * (member + 1) / members); line++)
        {
            (int image, int row) = Math.DivRem(line, extent.Rows);
            float* from = floats + (image * extent.Channels * plane) + ((long)row * extent.Columns);
            byte* pixels = bytes + view.Origin + (image * view.Batch) + (row * view.Row);
            for (int channel = 0; channel < target.OwnChannels; channel += QuantizedWorkload.Neighbours)
            {
                int channels = Math.Clamp(extent.Channels - channel, 0, QuantizedWorkload.Neighbours);
                Pixels(from + (channel * plane), plane, channels, pixels + channel, extent.Columns, to);
            }
        }
    }

    private void RoundBlocks(RunContext context, QuantizationScale by, int member, int members)
    {
        ActivationView blocks = source.ImageView;
        Extent extent = target.Extent;
        int own = target.OwnChannels;
        int lanes = source.Lanes;
        bool whole = own % Vector256<float>.Count == 0 && lanes % Vector256<float>.Count == 0;
        long lines = (long)extent.Images * extent.Rows;
        for (long line = lines * member / members; line < lines * (member + 1) / members; line++)
        {
            (long image, long row) = Math.DivRem(line, extent.Rows);
            float* from = context.AddressOf(source) + blocks.Origin + (image * blocks.Batch) + (row * blocks.Row);
            byte* to = (byte*)context.AddressOf(target) + view.Origin + (image * view.Batch) + (row * view.Row);
            for (int column = 0; column < extent.Columns; column++, from += blocks.Pixel, to += view.Pixel)
            {
                for (int channel = 0; channel < own; channel += whole ? Vector256<float>.Count : 1)
                {
                    float* at = from + (channel / lanes * blocks.Block) + (channel % lanes);
                    if (whole)
                    {
                        Vector256<uint> numbers = Bytes(at, by);
                        Vector256<ushort> halves = Vector256.Narrow(numbers, numbers);
                        *(ulong*)(to + channel) = Vector256.Narrow(halves, halves).AsUInt64().ToScalar();
                    }
                    else
                    {
                        to[channel] = Rounded(*at, by);
                    }
                }
            }
        }
    }

    /// <summary>Four channels of a row of pixels, of which some may not exist.</summary>
    private void Pixels(float* from, long plane, int channels, byte* to, int columns, QuantizationScale by)
    {
        int column = 0;
        int step = (int)view.Pixel;
        uint* packed = stackalloc uint[Vector256<uint>.Count];
        for (; column + Vector256<float>.Count <= columns; column += Vector256<float>.Count)
        {
            Vector256<uint> pixels = Vector256<uint>.Zero;
            for (int channel = 0; channel < channels; channel++)
            {
                pixels |= Bytes(from + (channel * plane) + column, by) << (8 * channel);
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
                to[((long)column * step) + channel] = channel < channels ? Rounded(from[(channel * plane) + column], by) : (byte)0;
            }
        }
    }

    private static Vector256<uint> Bytes(float* at, QuantizationScale by)
    {
        Vector256<float> rounded = Vector256.Round(Vector256.Load(at) / by.Scale);
        Vector256<float> bounded = Vector256.Min(Vector256.Max(rounded, Vector256.Create(-512f)), Vector256.Create(512f));
        Vector256<int> whole = Vector256.ConvertToInt32(bounded) + Vector256.Create((int)by.Zero);
        return Vector256.Clamp(whole, Vector256<int>.Zero, Vector256.Create((int)byte.MaxValue)).AsUInt32();
    }

    private static byte Rounded(float number, QuantizationScale by) => (byte)Math.Clamp(
        (int)MathF.Min(MathF.Max(MathF.Round(number / by.Scale, MidpointRounding.ToEven), -512), 512) + by.Zero, 0, byte.MaxValue);
}
