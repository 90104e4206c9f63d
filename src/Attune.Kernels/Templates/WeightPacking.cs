using Attune.Kernels.Spaces;

namespace Attune.Kernels.Templates;

/// <summary>
/// Lays weights out in the order a kernel reads them: [group][tile of output channels][block of input channels][kernel row][kernel column][channel][lane].
/// Narrow weights stay narrow, or are widened here: the task's space decides. Scales follow narrow weights, at the next cache line.
/// </summary>
public static unsafe partial class WeightPacking
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
        if (w.DepthwiseBefore is { } first)
        {
            return PackedCount(first, configuration) + ((long)Blocks(w.OutChannels, w.Lanes) * w.InChannels * w.Lanes);
        }

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
        w.DepthwiseBefore is not null ? $"pair/{configuration.Tuple("oc")[1]}"
        : w.IsDepthwise ? "depthwise"
        : $"{(configuration.Space.Has("algorithm") ? configuration.Label("algorithm") : "direct")}/{configuration.Tuple("oc")[2]}/{FormatOf(w, configuration)}";

    /// <summary>Floats that the packed bias takes.</summary>
    public static int BiasCount(ConvolutionWorkload w) => (w.DepthwiseBefore is { } first ? BiasCount(first) : 0) + (Blocks(w.OutChannels, w.Lanes) * w.Lanes);

    /// <summary>Where the scales of narrow weights begin, floats from the beginning of the packed weights.</summary>
    internal static long ScalesAt(ConvolutionWorkload w, WeightFormat format)
    {
        long bytes = (long)w.GroupInChannels * BiasCount(w) * WeightFormats.BytesOf(format);
        return (bytes + CacheLine - 1) / CacheLine * CacheLine / sizeof(float);
    }

    private static int Blocks(int channels, int lanes) => (channels + lanes - 1) / lanes;
}
