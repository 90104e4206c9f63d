using System.Runtime.CompilerServices;
using Attune.Kernels.Spaces;
using Buffer = Attune.Kernels.Loops.Buffer;

namespace Attune.Kernels.Templates;

/// <content>The packing itself, in units.</content>
public static unsafe partial class WeightPacking
{
    // What is read at once should stay in the second-level cache until it is laid out.
    private const int SlabFloats = 1 << 16;

    /// <summary>Packs weights.</summary>
    /// <param name="w">Workload.</param>
    /// <param name="configuration">Configuration whose kernel will read them.</param>
    /// <param name="source">Weights in ONNX order [out][in of group][kernel row][kernel column]; for a matrix product [N][K], or [K][N] when <paramref name="reductionMajor"/>.</param>
    /// <param name="reductionMajor">The source is [K][N].</param>
    /// <param name="target">At least <see cref="PackedCount"/> floats.</param>
    /// <param name="threads">Threads to use.</param>
    public static void Pack(ConvolutionWorkload w, Configuration configuration, WeightSource source, bool reductionMajor, float* target, int threads) =>
        Execute(Plan(w, configuration, source, reductionMajor, target), threads);

    /// <summary>Packs narrow weights.</summary>
    /// <param name="w">Workload; its format is that of the weights.</param>
    /// <param name="configuration">Configuration whose kernel will read them.</param>
    /// <param name="source">Weights; [K][N] when their channels are last, else [N][K].</param>
    /// <param name="target">At least <see cref="PackedCount"/> floats.</param>
    /// <param name="threads">Threads to use.</param>
    public static void Pack(ConvolutionWorkload w, Configuration configuration, StoredWeights source, float* target, int threads) =>
        Execute(Plan(w, configuration, source, target), threads);

    /// <summary>Packing of narrow weights as units of work.</summary>
    public static PackingWork Plan(ConvolutionWorkload w, Configuration configuration, StoredWeights source, float* target)
    {
        WeightFormat format = FormatOf(w, configuration);
        if (format == WeightFormat.F32)
        {
            return Plan(w, configuration, source.Widen(), source.ChannelsLast, target);
        }

        int tile = configuration.Tuple("oc")[2];
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

            float correction = format == WeightFormat.F16 ? Buffer.HalfCorrection : 1;
            var scales = new Span<float>(target + ScalesAt(w, format), BiasCount(w));
            scales.Clear();
            for (int channel = 0; channel < w.OutChannels; channel++)
            {
                scales[channel] = source.Scales[channel] * correction;
            }
        });
    }

    /// <summary>Packing as units of work, for those who have other things to do at the same time. Arguments as for packing at once; every float of the target is written.</summary>
    public static PackingWork Plan(ConvolutionWorkload w, Configuration configuration, WeightSource source, bool reductionMajor, float* target)
    {
        if (w.DepthwiseBefore is { } first)
        {
            float[] both = source.ToArray();
            return Plan(w, configuration, both[..(int)first.WeightCount], both[(int)first.WeightCount..], target);
        }

        if (w.IsDepthwise)
        {
            return new PackingWork(1, (_, _) => PackDepthwise(w, source.ToArray(), target, w.KernelHeight * w.KernelWidth));
        }

        if (WinogradPlan.IsSelected(configuration))
        {
            return WinogradWeights.Pack(w, new WinogradPlan(w, configuration), source, target);
        }

        if (StrassenPlan.IsSelected(configuration))
        {
            return StrassenWeights.Pack(w, new StrassenPlan(w, configuration), source, reductionMajor, target);
        }

        int tile = configuration.Tuple("oc")[2];
        return reductionMajor ? ReductionMajor(w, tile, source, target) : Direct(w, tile, source, target);
    }

    /// <summary>Packing of a fused pair's weights as units of work.</summary>
    public static PackingWork Plan(ConvolutionWorkload pair, Configuration configuration, WeightSource depthwise, WeightSource pointwise, float* target)
    {
        ConvolutionWorkload first = pair.DepthwiseBefore!;
        PackingWork before = Plan(first, configuration, depthwise, reductionMajor: false, target);
        PackingWork after = Direct(FusedPair.Second(pair), configuration.Tuple("oc")[^1], pointwise, target + PackedCount(first, configuration));
        return new PackingWork(before.Units + after.Units, (unit, slab) => (unit < before.Units ? before : after).Run(unit < before.Units ? unit : unit - before.Units, slab));
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

    /// <summary>Turns rows of one output channel each into [block][tap][channel of the block][output channel], with zeros for channels that do not exist.</summary>
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

    private static void Execute(PackingWork work, int threads) =>
        Parallel.For(
            0,
            work.Units,
            new ParallelOptions { MaxDegreeOfParallelism = threads },
            () => new PackingSlab(),
            (unit, _, slab) =>
            {
                work.Run(unit, slab);
                return slab;
            },
            slab => slab.Dispose());

    private static void PackDepthwise(ConvolutionWorkload w, float[] source, float* target, int taps)
    {
        for (int block = 0; block < Blocks(w.OutChannels, w.Lanes); block++)
        {
            for (int tap = 0; tap < taps; tap++)
            {
                for (int lane = 0; lane < w.Lanes; lane++)
                {
                    int channel = (block * w.Lanes) + lane;
                    *target++ = channel < w.OutChannels ? source[(channel * taps) + tap] : 0;
                }
            }
        }
    }
}
