using Attune.Kernels.Spaces;
using Buffer = Attune.Kernels.Loops.Buffer;

namespace Attune.Kernels.Templates;

/// <summary>
/// Lays weights out in the order a kernel reads them: [group][tile of output channels][block of input channels][kernel row][kernel column][channel][lane].
/// Narrow weights stay narrow, or are widened here: the task's space decides. Scales follow narrow weights, at the next cache line.
/// </summary>
public static unsafe class WeightPacking
{
    /// <summary>Knob of tasks with narrow weights: whether the kernel reads them so.</summary>
    internal const string FormatKnob = "weights";

    /// <summary>The kernel reads weights as they are stored.</summary>
    internal const string Stored = "stored";

    /// <summary>The weights are widened to floats when they are packed.</summary>
    internal const string Widened = "widened";

    private const int CacheLine = 64;

    /// <summary>How a configuration's kernel reads its weights.</summary>
    public static WeightFormat FormatOf(ConvolutionWorkload w, Configuration configuration) =>
        w.Weights != WeightFormat.F32 && configuration.Label(FormatKnob) == Stored ? w.Weights : WeightFormat.F32;

    /// <summary>Floats that the packed weights take for a configuration, padding of the last channel block and scales included.</summary>
    public static long PackedCount(ConvolutionWorkload w, Configuration configuration)
    {
        if (!w.IsDepthwise && StrassenPlan.IsSelected(configuration))
        {
            var plan = new StrassenPlan(w, configuration);
            return (long)plan.Points * plan.ReductionBlocks * plan.ChannelBlocks * w.Lanes * w.Lanes;
        }

        if (FormatOf(w, configuration) is var format and not WeightFormat.F32)
        {
            return ScalesAt(w, format) + BiasCount(w);
        }

        long taps = !w.IsDepthwise && WinogradPlan.IsSelected(configuration) ? new WinogradPlan(w, configuration).WeightPoints : w.KernelHeight * w.KernelWidth;
        long perVector = w.GroupInChannels * taps;
        long vectors = w.IsDepthwise ? Blocks(w.OutChannels, w.Lanes) : (long)w.Groups * Blocks(w.GroupOutChannels, w.Lanes);
        return vectors * perVector * w.Lanes;
    }

    /// <summary>Configurations with equal forms read weights packed the same way.</summary>
    public static string FormOf(ConvolutionWorkload w, Configuration configuration) =>
        w.IsDepthwise ? "depthwise" : $"{(configuration.Space.Has("algorithm") ? configuration.Label("algorithm") : "direct")}/{configuration.Tuple("oc")[2]}/{FormatOf(w, configuration)}";

    /// <summary>Floats that the packed bias takes.</summary>
    public static int BiasCount(ConvolutionWorkload w) => Blocks(w.OutChannels, w.Lanes) * w.Lanes;

    /// <summary>Packs narrow weights.</summary>
    /// <param name="w">Workload; its format is that of the weights.</param>
    /// <param name="configuration">Configuration whose kernel will read them.</param>
    /// <param name="source">Weights; [K][N] when their channels are last, else [N][K].</param>
    /// <param name="target">At least <see cref="PackedCount"/> floats.</param>
    /// <param name="threads">Threads to use.</param>
    public static void Pack(ConvolutionWorkload w, Configuration configuration, StoredWeights source, float* target, int threads)
    {
        WeightFormat format = FormatOf(w, configuration);
        if (format == WeightFormat.F32)
        {
            Pack(w, configuration, source.Widen(), source.ChannelsLast, target, threads);
            return;
        }

        int tile = configuration.Tuple("oc")[2];
        if (source.Elements is Half[] halves)
        {
            TilePacking.Pack(w, tile, halves, source.ChannelsLast, (Half*)target, threads);
        }
        else
        {
            TilePacking.Pack(w, tile, (sbyte[])source.Elements, source.ChannelsLast, (sbyte*)target, threads);
        }

        float correction = format == WeightFormat.F16 ? Buffer.HalfCorrection : 1;
        var scales = new Span<float>(target + ScalesAt(w, format), BiasCount(w));
        scales.Clear();
        for (int channel = 0; channel < w.OutChannels; channel++)
        {
            scales[channel] = source.Scales[channel] * correction;
        }
    }

    /// <summary>Where the scales of narrow weights begin, floats from the beginning of the packed weights.</summary>
    internal static long ScalesAt(ConvolutionWorkload w, WeightFormat format)
    {
        long bytes = (long)w.GroupInChannels * BiasCount(w) * WeightFormats.BytesOf(format);
        return (bytes + CacheLine - 1) / CacheLine * CacheLine / sizeof(float);
    }

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
        if (w.IsDepthwise)
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

        TilePacking.Pack(w, configuration.Tuple("oc")[2], source, reductionMajor, target, threads);
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
