using System.Runtime.Intrinsics;
using Attune.Kernels;
using Attune.Kernels.Templates;
using Attune.Runtime.Plan;

namespace Attune.Runtime.Execution;

/// <summary>Rounds dense images of floats to brain floats with all channels of a pixel next to each other: where a network of brain floats begins.</summary>
/// <param name="source">Floats, row by row.</param>
/// <param name="target">Brain floats.</param>
internal sealed unsafe class BrainFloatPart(Storage source, Storage target) : StepPart
{
    private readonly ActivationView view = target.ImageView;

    public override void Run(RunContext context, int member, int members)
    {
        Extent extent = target.Extent;
        float* floats = context.AddressOf(source);
        var brains = (ushort*)context.AddressOf(target);
        int lines = extent.Images * extent.Rows;
        long plane = (long)extent.Rows * extent.Columns;
        for (int line = (int)((long)lines * member / members); line < (int)((long)lines * (member + 1) / members); line++)
        {
            (int image, int row) = Math.DivRem(line, extent.Rows);
            float* from = floats + (image * extent.Channels * plane) + ((long)row * extent.Columns);
            ushort* to = brains + view.Origin + (image * view.Batch) + (row * view.Row);
            for (int channel = 0; channel < target.OwnChannels; channel += BFloat16Workload.Neighbours)
            {
                Pixels(from + (channel * plane), plane, Math.Clamp(extent.Channels - channel, 0, BFloat16Workload.Neighbours), to + channel, extent.Columns);
            }
        }
    }

    /// <summary>Two channels of a row of pixels, of which some may not exist.</summary>
    private void Pixels(float* from, long plane, int channels, ushort* to, int columns)
    {
        int column = 0;
        uint* packed = stackalloc uint[Vector256<uint>.Count];
        for (; column + Vector256<float>.Count <= columns; column += Vector256<float>.Count)
        {
            Vector256<uint> pixels = channels > 0 ? Rounded(Vector256.LoadUnsafe(ref from[column])) : Vector256<uint>.Zero;
            pixels |= channels > 1 ? Rounded(Vector256.LoadUnsafe(ref from[plane + column])) << 16 : Vector256<uint>.Zero;
            pixels.Store(packed);
            for (int i = 0; i < Vector256<uint>.Count; i++)
            {
                *(uint*)(to + ((column + i) * view.Pixel)) = packed[i];
            }
        }

        for (; column < columns; column++)
        {
            for (int channel = 0; channel < BFloat16Workload.Neighbours; channel++)
            {
                to[(column * view.Pixel) + channel] = channel < channels ? BFloat16.FromSingle(from[(channel * plane) + column]).Bits : (ushort)0;
            }
        }
    }

    /// <summary>The brain floats nearest to floats, ties to even, in the lower halves; what is no number stays none.</summary>
    private static Vector256<uint> Rounded(Vector256<float> numbers)
    {
        Vector256<uint> bits = numbers.AsUInt32();
        Vector256<uint> nearest = (bits + Vector256.Create(0x7FFFu) + ((bits >> 16) & Vector256<uint>.One)) >> 16;
        Vector256<uint> none = (bits >> 16) | Vector256.Create(0x40u);
        return Vector256.ConditionalSelect(Vector256.Equals(numbers, numbers).AsUInt32(), nearest, none);
    }
}
