using Attune.Kernels.Spaces;

namespace Attune.Kernels.Templates;

/// <summary>
/// How a configuration computes its workload, and with how many multiplications: Winograd's and Strassen's algorithms trade them for additions, which are not
/// counted. Tiles that reach over the edge are counted whole, since they are computed whole.
/// </summary>
public static class ExecutedWork
{
    /// <summary>Name of the algorithm, as in the knob of that name; for spaces without it the template's name.</summary>
    /// <param name="workload">What is computed.</param>
    /// <param name="configuration">A point of its space.</param>
    public static string Algorithm(ConvolutionWorkload workload, Configuration configuration) =>
        configuration.Space.Has("algorithm") ? configuration.Label("algorithm") : workload.DepthwiseBefore is not null ? "depthwise-pointwise" : workload.IsDepthwise ? "depthwise" : "direct";

    /// <summary>Operations of the multiply-adds that are executed (a multiply-add is two).</summary>
    /// <param name="workload">What is computed.</param>
    /// <param name="configuration">A point of its space.</param>
    public static long Flops(ConvolutionWorkload workload, Configuration configuration)
    {
        if (workload.IsDepthwise)
        {
            return workload.Flops;
        }

        if (StrassenPlan.IsSelected(configuration))
        {
            var plan = new StrassenPlan(workload, configuration);
            long positions = (long)plan.Blocks * plan.Block;
            return 2 * plan.Points * positions * plan.ReductionBlocks * workload.Lanes * plan.ChannelBlocks * workload.Lanes;
        }

        if (WinogradPlan.IsSelected(configuration))
        {
            var plan = new WinogradPlan(workload, configuration);
            long tiles = (long)plan.Blocks * plan.Block;
            long channels = (long)plan.ChannelUnits * plan.ChannelTilesPerUnit * plan.ChannelTile * workload.Lanes;
            return 2 * plan.Points * tiles * workload.GroupInChannels * channels;
        }

        return workload.Flops;
    }
}
