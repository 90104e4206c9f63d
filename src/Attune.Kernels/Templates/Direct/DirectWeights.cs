using System.Runtime.CompilerServices;
using Attune.Kernels.Spaces;
using Buffer = Attune.Kernels.Loops.Buffer;

namespace Attune.Kernels.Templates.Direct;

/// <summary>
/// Weights in the order the direct template reads them: [group][tile of output channels][block of input channels][kernel row][kernel column][channel][lane].
/// Narrow weights stay narrow, or are widened here: the task's space decides. Scales follow narrow weights, at the next cache line.
/// </summary>
internal static unsafe class DirectWeights
{
    /// <summary>Knob of tasks with narrow weights: whether the kernel reads them so.</summary>
    public const string FormatKnob = "weights";

    /// <summary>The kernel reads weights as they are stored.</summary>
    public const string Stored = "stored";

    /// <summary>The weights are widened to floats when they are packed.</summary>
    public const string Widened = "widened";

    private const int CacheLine = 64;

    // What is read at once should stay in the second-level cache until it is laid out.
    private const int SlabFloats = 1 << 16;

    /// <summary>True when the space of a workload decides how its kernel reads narrow weights; those of narrow activations are always read as they are.</summary>
    public static bool HasChoice(ConvolutionWorkload w) => w.Weights != WeightFormat.F32 && w is not NarrowWorkload;

    /// <summary>How a configuration's kernel reads its weights.</summary>
    public static WeightFormat FormatOf(ConvolutionWorkload w, Configuration configuration) =>
        HasChoice(w) && configuration.Label(FormatKnob) == Stored ? w.Weights : WeightFormat.F32;

    /// <summary>Floats that the packed weights take.</summary>
    public static long PackedCount(ConvolutionWorkload w, Configuration configuration) =>
        FormatOf(w, configuration) is var format and not WeightFormat.F32
            ? ScalesAt(w, format) + WeightPacking.BiasCount(w)
            : (long)w.Groups * Blocks(w.GroupOutChannels, w.Lanes) * w.GroupInChannels * w.KernelHeight * w.KernelWidth * w.Lanes;

    /// <summary>Where the scales of narrow weights begin, floats from the beginning of the packed weights.</summary>
    public static long ScalesAt(ConvolutionWorkload w, WeightFormat format)
    {
        long bytes = (long)w.GroupInChannels * WeightPacking.BiasCount(w) * WeightFormats.BytesOf(format);
        return (bytes + CacheLine - 1) / CacheLine * CacheLine / sizeof(float);
    }

    /// <summary>Packing for register tiles of some channel vectors.</summary>
    /// <param name="w">Workload.</param>
    /// <param name="tile">Vectors of output channels in the register tile.</param>
    /// <param name="weights">Weights, not narrow.</param>
    /// <param name="target">Room for them.</param>
    public static PackingWork Pack(ConvolutionWorkload w, int tile, WeightOperand weights, float* target) =>
        weights.ReductionMajor ? ReductionMajor(w, tile, weights.Source, target) : Direct(w, tile, weights.Source, target);

    /// <summary>Packing of narrow weights that stay narrow.</summary>
    /// <param name="w">Workload.</param>
    /// <param name="tile">Vectors of output channels in the register tile.</param>
    /// <param name="source">Weights.</param>
    /// <param name="target">Room for them and their scales.</param>
    /// <param name="halfCorrection">What the scales of halves are multiplied by, since loads leave it behind.</param>
    public static PackingWork PackNarrow(
        ConvolutionWorkload w, int tile, StoredWeights source, float* target, float halfCorrection = Buffer.HalfCorrection)
    {
        WeightFormat format = w.Weights;
        PackingWork elements = source.Elements is Half[] halves
            ? TilePacking.Plan(w, tile, halves, source.ChannelsLast, (Half*)target)
            : TilePacking.Plan(w, tile, (sbyte[])source.Elements, source.ChannelsLast, (sbyte*)target);
        return new PackingWork(elements.Units + 1, (unit, slab) =>
        {
            if (unit < elements.Units)
            {
                elements.Run(unit, slab);
                return;
            }

            float correction = format == WeightFormat.F16 ? halfCorrection : 1;
            var scales = new Span<float>(target + ScalesAt(w, format), WeightPacking.BiasCount(w));
            scales.Clear();
            for (int channel = 0; channel < w.OutChannels; channel++)
            {
                scales[channel] = source.Scales[channel] * correction;
            }
        });
    }

    /// <summary>One unit per tile of output channels; the rows of its weights are read in pieces of whole channel blocks.</summary>
    private static PackingWork Direct(ConvolutionWorkload w, int tile, WeightSource source, float* target)
    {
        int taps = w.KernelHeight * w.KernelWidth;
        int lanes = w.Lanes;
        int width = tile * lanes;
        int tiles = Blocks(w.GroupOutChannels, lanes) / tile;
        int depth = w.GroupInChannels;
        int blocksAtOnce = Math.Max(1, SlabFloats / (width * lanes * taps));
        return new PackingWork(w.Groups * tiles, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (index, slab) =>
        {
            int firstInGroup = index % tiles * width;
            int valid = Math.Min(width, w.GroupOutChannels - firstInGroup);
            long first = ((long)(index / tiles) * w.GroupOutChannels) + firstInGroup;
            float* to = target + ((long)index * depth * taps * width);
            for (int begin = 0; begin < depth; begin += blocksAtOnce * lanes)
            {
                int end = Math.Min(depth, begin + (blocksAtOnce * lanes));
                ReadOnlySpan<float> rows = source.Rows((first, valid), (long)depth * taps, ((long)begin * taps, (end - begin) * taps), slab, out int stride);
                fixed (float* from = rows)
                {
                    to = Interleave(from, stride, (end - begin, taps, lanes), (valid, width), to);
                }
            }
        });
    }

    /// <summary>
    /// Turns rows of one output channel each into [block][tap][channel of the block][output channel], with zeros for channels that do not exist.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float* Interleave(float* from, int stride, (int Channels, int Taps, int Lanes) extent, (int Valid, int Width) outputs, float* to)
    {
        for (int block = 0; block < extent.Channels; block += extent.Lanes)
        {
            int end = Math.Min(block + extent.Lanes, extent.Channels);
            for (int tap = 0; tap < extent.Taps; tap++)
            {
                for (int c = block; c < end; c++)
                {
                    float* column = from + (c * extent.Taps) + tap;
                    int o = 0;
                    for (; o < outputs.Valid; o++)
                    {
                        to[o] = column[(long)o * stride];
                    }

                    for (; o < outputs.Width; o++)
                    {
                        to[o] = 0;
                    }

                    to += outputs.Width;
                }
            }
        }

        return to;
    }

    /// <summary>One unit per block of rows of a matrix [K][N]; each row is spread over all tiles.</summary>
    private static PackingWork ReductionMajor(ConvolutionWorkload w, int tile, WeightSource source, float* target)
    {
        int width = tile * w.Lanes;
        int depth = w.InChannels;
        int outputs = w.OutChannels;
        int tiles = Blocks(outputs, w.Lanes) / tile;
        int rowsAtOnce = Math.Clamp(SlabFloats / outputs, 1, depth);
        return new PackingWork((depth + rowsAtOnce - 1) / rowsAtOnce, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (unit, slab) =>
        {
            int begin = unit * rowsAtOnce;
            int count = Math.Min(rowsAtOnce, depth - begin);
            ReadOnlySpan<float> rows = source.Rows((begin, count), outputs, (0, outputs), slab, out int stride);
            for (int row = 0; row < count; row++)
            {
                for (int t = 0; t < tiles; t++)
                {
                    var to = new Span<float>(target + (((long)t * depth) + begin + row) * width, width);
                    int valid = Math.Min(width, outputs - (t * width));
                    rows.Slice((row * stride) + (t * width), valid).CopyTo(to);
                    to[valid..].Clear();
                }
            }
        });
    }

    private static int Blocks(int channels, int lanes) => (channels + lanes - 1) / lanes;
}
