using System.Runtime.CompilerServices;
using Attune.Kernels.Spaces;

namespace Attune.Kernels.Templates;

/// <summary>Lays weights out in the order a kernel reads them: [group][tile of output channels][block of input channels][kernel row][kernel column][channel][lane].</summary>
public static unsafe class WeightPacking
{
    /// <summary>Floats that the packed weights take for a configuration, padding of the last channel block included.</summary>
    public static long PackedCount(ConvolutionWorkload w, Configuration configuration)
    {
        if (w.DepthwiseBefore is { } first)
        {
            return PackedCount(first, configuration) + ((long)Blocks(w.OutChannels, w.Lanes) * w.InChannels * w.Lanes);
        }

        if (!w.IsDepthwise && StrassenPlan.IsSelected(configuration))
        {
            var plan = new StrassenPlan(w, configuration);
            return (long)plan.Points * plan.ReductionBlocks * plan.ChannelBlocks * w.Lanes * w.Lanes;
        }

        long taps = !w.IsDepthwise && WinogradPlan.IsSelected(configuration) ? new WinogradPlan(w, configuration).Points : w.KernelHeight * w.KernelWidth;
        long perVector = w.GroupInChannels * taps;
        long vectors = w.IsDepthwise ? Blocks(w.OutChannels, w.Lanes) : (long)w.Groups * Blocks(w.GroupOutChannels, w.Lanes);
        return vectors * perVector * w.Lanes;
    }

    /// <summary>Configurations with equal forms read weights packed the same way.</summary>
    public static string FormOf(ConvolutionWorkload w, Configuration configuration) =>
        w.DepthwiseBefore is not null ? $"pair/{configuration.Tuple("oc")[1]}" : w.IsDepthwise ? "depthwise" : $"{(configuration.Space.Has("algorithm") ? configuration.Label("algorithm") : "direct")}/{configuration.Tuple("oc")[2]}";

    /// <summary>Floats that the packed bias takes.</summary>
    public static int BiasCount(ConvolutionWorkload w) => (w.DepthwiseBefore is { } first ? BiasCount(first) : 0) + (Blocks(w.OutChannels, w.Lanes) * w.Lanes);

    /// <summary>Packs weights.</summary>
    /// <param name="w">Workload.</param>
    /// <param name="configuration">Configuration whose kernel will read them.</param>
    /// <param name="source">Weights in ONNX order [out][in of group][kernel row][kernel column]; for a matrix product [N][K], or [K][N] when <paramref name="reductionMajor"/>.</param>
    /// <param name="reductionMajor">The source is [K][N].</param>
    /// <param name="target">At least <see cref="PackedCount"/> floats.</param>
    /// <param name="threads">Threads to use.</param>
    public static void Pack(ConvolutionWorkload w, Configuration configuration, float[] source, bool reductionMajor, float* target, int threads)
    {
        int taps = w.KernelHeight * w.KernelWidth;
        if (w.DepthwiseBefore is { } first)
        {
            PackDepthwise(first, source, target, first.KernelHeight * first.KernelWidth);
            target += PackedCount(first, configuration);
            source = source[(int)first.WeightCount..];
        }
        else if (w.IsDepthwise)
        {
            PackDepthwise(w, source, target, taps);
            return;
        }

        if (WinogradPlan.IsSelected(configuration))
        {
            WinogradWeights.Pack(w, new WinogradPlan(w, configuration), source, target, threads);
            return;
        }

        if (StrassenPlan.IsSelected(configuration))
        {
            StrassenWeights.Pack(w, new StrassenPlan(w, configuration), source, target, threads);
            return;
        }

        int tile = configuration.Tuple("oc")[^1];
        int lanes = w.Lanes;
        int tiles = Blocks(w.GroupOutChannels, lanes) / tile;
        int depth = w.GroupInChannels;
        int whole = depth / lanes * lanes;
        long tileCount = (long)depth * taps * tile * lanes;
        long outStep = reductionMajor ? 1 : (long)depth * taps;
        long inStep = reductionMajor ? w.OutChannels : taps;
        Parallel.For(0, w.Groups * tiles, new ParallelOptions { MaxDegreeOfParallelism = threads }, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (index) =>
        {
            int group = index / tiles;
            int firstInGroup = index % tiles * tile * lanes;
            int width = tile * lanes;
            int valid = Math.Min(width, w.GroupOutChannels - firstInGroup);
            float* to = target + (index * tileCount);
            long from = ((long)group * w.GroupOutChannels) + firstInGroup;
            for (int block = 0; block < depth; block += lanes)
            {
                int channels = block < whole ? lanes : depth - whole;
                for (int tap = 0; tap < taps; tap++)
                {
                    for (int c = block; c < block + channels; c++)
                    {
                        long at = (from * outStep) + (c * inStep) + tap;
                        for (int o = 0; o < valid; o++)
                        {
                            to[o] = source[at + (o * outStep)];
                        }

                        new Span<float>(to + valid, width - valid).Clear();
                        to += width;
                    }
                }
            }
        });
    }

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

    private static int Blocks(int channels, int lanes) => (channels + lanes - 1) / lanes;
}
