using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Attune.Kernels.Templates;
using Attune.Kernels.Templates.Quantized;
using Attune.Runtime.Plan;

namespace Attune.Runtime.Execution;

/// <summary>
/// Rounds floats to bytes between the least and the largest of them (ONNX, DynamicQuantizeLinear). The range must be known first: <see cref="Ranges"/> belongs
/// before this part, with a barrier between.
/// </summary>
internal sealed unsafe class DynamicQuantizePart : StepPart
{
    /// <summary>Pieces that members share.</summary>
    public const int Chunks = 64;

    private const int Line = 64;

    private readonly Storage source;
    private readonly Storage bytes;
    private readonly Storage scale;
    private readonly Storage zero;
    private readonly Storage ranges;
    private readonly QuantizePart? images;

    /// <summary>The part.</summary>
    /// <param name="source">Floats, row by row; where bytes are images, also in blocks of channels.</param>
    /// <param name="outputs">Bytes, their scale, their zero, and room for the least and the largest number of every chunk.</param>
    public DynamicQuantizePart(Storage source, IReadOnlyList<Storage> outputs)
    {
        this.source = source;
        (bytes, scale, zero, ranges) = (outputs[0], outputs[1], outputs[2], outputs[3]);
        images = bytes.Kind == StorageKind.Blocked ? new QuantizePart(source, bytes, QuantizationScale.Unit) : null;
        Ranges = new RangesPart(this);
    }

    /// <summary>Finds the least and the largest number of each chunk.</summary>
    public StepPart Ranges { get; }

    public override int Units => Chunks;

    public override void Run(RunContext context, int member, int members)
    {
        (float least, float largest) = (0, 0);
        float* known = context.AddressOf(ranges);
        for (int chunk = 0; chunk < Chunks; chunk++)
        {
            least = MathF.Min(least, known[2 * chunk]);
            largest = MathF.Max(largest, known[(2 * chunk) + 1]);
        }

        float step = (largest - least) / byte.MaxValue;
        float middle = step == 0 ? 0 : MathF.Min(MathF.Max(MathF.Round(-least / step, MidpointRounding.ToEven), 0), byte.MaxValue);
        byte zeroByte = float.IsNaN(middle) ? (byte)0 : (byte)middle;
        if (member == 0)
        {
            *context.AddressOf(scale) = step;
            *(byte*)context.AddressOf(zero) = zeroByte;
        }

        if (images is not null)
        {
            images.Round(context, new QuantizationScale(step == 0 ? 1 : step, zeroByte), member, members);
            return;
        }

        (long first, long end) = Share(member, members);
        Round(context.AddressOf(source), (byte*)context.AddressOf(bytes), first, end, step == 0 ? 1 : step, zeroByte);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Round(float* from, byte* to, long first, long end, float step, byte zero)
    {
        var divisor = Vector256.Create(step);
        var inverse = Vector256.Create(1 / step);
        var middle = Vector256.Create((int)zero);
        long i = first;
        for (; i + Vector256<byte>.Count <= end; i += Vector256<byte>.Count)
        {
            Vector256<ushort> lower = Vector256.Narrow(Whole(from + i, inverse, divisor, middle), Whole(from + i + 8, inverse, divisor, middle));
            Vector256<ushort> upper = Vector256.Narrow(Whole(from + i + 16, inverse, divisor, middle), Whole(from + i + 24, inverse, divisor, middle));
            Vector256.Narrow(lower, upper).Store(to + i);
        }

        for (; i < end; i++)
        {
            float rounded = MathF.Round(from[i] / step, MidpointRounding.ToEven);
            to[i] = float.IsNaN(rounded) ? (byte)0 : (byte)Math.Clamp((int)Math.Clamp(rounded, -512, 512) + zero, 0, byte.MaxValue);
        }
    }

    /// <summary>Eight bytes as integers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Whole(float* at, Vector256<float> inverse, Vector256<float> divisor, Vector256<int> middle)
    {
        // A quotient is off by far less than a thousandth from the product with the inverse: only near the middle of two bytes does it matter which one it is.
        var numbers = Vector256.Load(at);
        Vector256<float> quotient = numbers * inverse;
        Vector256<float> rounded = Vector256.Round(quotient);
        if (!Vector256.LessThanAll(Vector256.Abs(quotient - rounded), Vector256.Create(0.499f)))
        {
            quotient = numbers / divisor;

            // What is no number becomes the smallest byte.
            rounded = Vector256.Round(Vector256.ConditionalSelect(Vector256.Equals(quotient, quotient), quotient, Vector256.Create(-512f)));
        }

        // Numbers stay where conversions to integers do not wrap around.
        Vector256<float> bounded = Vector256.MinNative(Vector256.MaxNative(rounded, Vector256.Create(-512f)), Vector256.Create(512f));
        return Vector256.Clamp(Vector256.ConvertToInt32Native(bounded) + middle, Vector256<int>.Zero, Vector256.Create((int)byte.MaxValue)).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (float Least, float Largest) RangeOf(float* from, long first, long end)
    {
        Vector256<float> least = Vector256<float>.Zero;
        Vector256<float> largest = Vector256<float>.Zero;
        Vector256<float> unordered = Vector256<float>.Zero;
        long i = first;
        for (; i + Vector256<float>.Count <= end; i += Vector256<float>.Count)
        {
            var numbers = Vector256.Load(from + i);
            least = Vector256.MinNative(least, numbers);
            largest = Vector256.MaxNative(largest, numbers);

            // The fast operations lose what is no number: it is kept apart.
            unordered |= ~Vector256.Equals(numbers, numbers);
        }

        (float low, float high) = (0, 0);
        for (int lane = 0; lane < Vector256<float>.Count; lane++)
        {
            low = MathF.Min(low, least[lane]);
            high = MathF.Max(high, largest[lane]);
        }

        for (; i < end; i++)
        {
            low = MathF.Min(low, from[i]);
            high = MathF.Max(high, from[i]);
        }

        return unordered == Vector256<float>.Zero ? (low, high) : (float.NaN, float.NaN);
    }

    /// <summary>Elements of one member: whole vectors of bytes, so that members do not write to the same lines of memory.</summary>
    private (long First, long End) Share(int index, int shares)
    {
        long count = source.Shape.Count;
        long vectors = (count + Line - 1) / Line;
        return (Math.Min(count, vectors * index / shares * Line), Math.Min(count, vectors * (index + 1) / shares * Line));
    }

    /// <summary>The range of a share of the lines of an image in blocks of channels, without what lies past the last channel.</summary>
    private (float Least, float Largest) RangeOfBlocks(float* from, int chunk)
    {
        ActivationView view = source.ImageView;
        Extent extent = source.Extent;
        int lanes = source.Lanes;
        int blocks = (extent.Channels + lanes - 1) / lanes;
        long lines = (long)extent.Images * blocks * extent.Rows;
        (float least, float largest) = (0, 0);
        for (long line = lines * chunk / Chunks; line < lines * (chunk + 1) / Chunks; line++)
        {
            (long plane, long row) = Math.DivRem(line, extent.Rows);
            (long image, long block) = Math.DivRem(plane, blocks);
            float* at = from + view.Origin + (image * view.Batch) + (block * view.Block) + (row * view.Row);
            int valid = (int)Math.Min(lanes, extent.Channels - (block * lanes));
            int runs = valid == lanes ? 1 : extent.Columns;
            for (int run = 0; run < runs; run++)
            {
                (float low, float high) = RangeOf(at + (run * view.Pixel), 0, valid == lanes ? (long)extent.Columns * lanes : valid);
                (least, largest) = (MathF.Min(least, low), MathF.Max(largest, high));
            }
        }

        return (least, largest);
    }

    private sealed class RangesPart(DynamicQuantizePart owner) : StepPart
    {
        public override int Units => Chunks;

        public override void Run(RunContext context, int member, int members)
        {
            float* known = context.AddressOf(owner.ranges);
            float* from = context.AddressOf(owner.source);
            for (int chunk = Chunks * member / members; chunk < Chunks * (member + 1) / members; chunk++)
            {
                (long first, long end) = owner.Share(chunk, Chunks);
                (known[2 * chunk], known[(2 * chunk) + 1]) =
                    owner.source.Kind == StorageKind.Blocked ? owner.RangeOfBlocks(from, chunk) : RangeOf(from, first, end);
            }
        }
    }
}
