using Attune.Kernels.Spaces;

namespace Attune.Kernels.Templates;

/// <summary>Lays weights out in the order a kernel reads them: [group][tile of output channels][block of input channels][kernel row][kernel column][channel][lane].</summary>
public static unsafe partial class WeightPacking
{
    /// <summary>Floats that the packed weights take for a configuration, padding of the last channel block included.</summary>
    public static long PackedCount(ConvolutionWorkload w, Configuration configuration)
    {
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
        w.IsDepthwise ? "depthwise" : $"{(configuration.Space.Has("algorithm") ? configuration.Label("algorithm") : "direct")}/{configuration.Tuple("oc")[2]}";

    /// <summary>Floats that the packed bias takes.</summary>
    public static int BiasCount(ConvolutionWorkload w) => Blocks(w.OutChannels, w.Lanes) * w.Lanes;

    private static int Blocks(int channels, int lanes) => (channels + lanes - 1) / lanes;
}
