using System.Runtime.Intrinsics;
using Attune.Kernels;
using Attune.Kernels.Loops;
using Attune.Kernels.Templates;
using Attune.Runtime.Plan;

namespace Attune.Runtime.Execution;

/// <summary>
/// Rounds dense images of floats to brain floats with all channels of a pixel next to each other: where a network of brain floats begins. Channels that do not
/// exist become zeros.
/// </summary>
/// <param name="source">Floats, row by row.</param>
/// <param name="target">Brain floats; a pixel has a multiple of four of them.</param>
internal sealed unsafe class BrainFloatPart(Storage source, Storage target) : StepPart
{
    // As many as are written at once.
    private const int Channels = sizeof(ulong) / sizeof(ushort);
    private const int BitsOfTwo = 32;
    private const int BitsOfOne = 16;
    private readonly ActivationView view = target.ImageView;

    public override void Run(RunContext context, int member, int members)
    {
        Extent extent = target.Extent;
        float* floats = context.AddressOf(source);
        ushort* brains = (ushort*)context.AddressOf(target);
        int lines = extent.Images * extent.Rows;
        long plane = (long)extent.Rows * extent.Columns;
        for (int line = (int)((long)lines * member / members); line < (int)((long)lines * (member + 1) / members); line++)
        {
            (int image, int row) = Math.DivRem(line, extent.Rows);
            float* from = floats + (image * extent.Channels * plane) + ((long)row * extent.Columns);
            ushort* to = brains + view.Origin + (image * view.Batch) + (row * view.Row);
            for (int channel = 0; channel < target.OwnChannels; channel += Channels)
            {
                Pixels(from + (channel * plane), plane, Math.Clamp(extent.Channels - channel, 0, Channels), to + channel, extent.Columns, view.Pixel);
            }
        }
    }

    /// <summary>Four channels of a row of pixels, of which some may not exist.</summary>
    /// <param name="from">The first channel's row.</param>
    /// <param name="plane">Floats from a channel to the next.</param>
    /// <param name="channels">Channels that exist, 0 to 4.</param>
    /// <param name="to">The first pixel.</param>
    /// <param name="columns">Pixels.</param>
    /// <param name="step">Brain floats from a pixel to the next.</param>
    internal static void Pixels(float* from, long plane, int channels, ushort* to, int columns, long step)
    {
        int column = 0;
        for (; column + Vector256<float>.Count <= columns; column += Vector256<float>.Count)
        {
            Vector256<uint> lower = Bits(0) | (Bits(1) << BitsOfOne);
            Vector256<uint> upper = Bits(2) | (Bits(3) << BitsOfOne);
            Store(Vector256.WidenLower(lower) | (Vector256.WidenLower(upper) << BitsOfTwo), column);
            Store(Vector256.WidenUpper(lower) | (Vector256.WidenUpper(upper) << BitsOfTwo), column + Vector256<ulong>.Count);
        }

        for (; column < columns; column++)
        {
            for (int channel = 0; channel < Channels; channel++)
            {
                to[(column * step) + channel] = channel < channels ? BFloat16.FromSingle(from[(channel * plane) + column]).Bits : (ushort)0;
            }
        }

        Vector256<uint> Bits(int channel) =>
            channel < channels ? BrainFloats.Bits(Vector256.Load(from + (channel * plane) + column)) : Vector256<uint>.Zero;

        void Store(Vector256<ulong> pixels, int at)
        {
            if (step == Channels)
            {
                pixels.Store((ulong*)to + at);
                return;
            }

            for (int i = 0; i < Vector256<ulong>.Count; i++)
            {
                *(ulong*)(to + ((at + i) * step)) = pixels[i];
            }
        }
    }
}
