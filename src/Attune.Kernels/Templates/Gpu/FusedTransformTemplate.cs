using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates.Winograd;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>
/// Winograd convolution in one kernel on devices of groups and lanes: nothing transformed goes through everybody's memory, but every group along the output
/// channels transforms the input again.
/// </summary>
/// <param name="outputs">Output rows and columns of an image tile: 2 or 4.</param>
internal sealed unsafe class FusedTransformTemplate(int outputs) : IRankedTemplate
{
    /// <summary>Input channels of a step.</summary>
    public const string Depth = "step_channels";

    public string Name { get; } = $"gpu-winograd{outputs}-fused";

    public int Version => 1;

    public bool Applies(Workload workload, KernelTarget target) =>
        target.Groups is not null && workload is ConvolutionWorkload w && new TileGrid(w, outputs).IsEligible;

    public Space CreateSpace(Workload workload, KernelTarget target)
    {
        var grid = new TileGrid((ConvolutionWorkload)workload, outputs);
        GroupLimits limits = target.Groups!;
        return new Space(
            [
                Knob.Scale(GemmKnobs.RowLanes, GemmPlan.RowLanes),
                Knob.Scale(GemmKnobs.ColumnLanes, GemmPlan.ColumnLanes),
                Knob.Scale(GemmKnobs.Rows, GemmPlan.Each),
                Knob.Scale(GemmKnobs.Columns, GemmPlan.Each),
                Knob.Scale(Depth, FusedTransformPlan.Depths),
            ],
            point => FusedTransformPlan.Of(grid, point).Fits(limits),
            point => FusedTransformPlan.Of(grid, point).Features.ToArray(limits.Width));
    }

    // The first point has one lane, one channel and one tile at a time: it fits everywhere.
    public IEnumerable<Suggestion> Promising(Workload workload, Space space, KernelTarget target)
    {
        var w = (ConvolutionWorkload)workload;
        var grid = new TileGrid(w, outputs);
        GroupLimits limits = SuggestedGroups.Of(target.Groups!);
        return Enumerable.Range(0, checked((int)space.Count))
            .Select(index => (Index: index, Plan: FusedTransformPlan.Of(grid, space[index])))
            .Where(one => one.Plan.Fits(limits))
            .Select(one => new Suggestion(one.Index, one.Plan.Cost(limits.Width)))
            .OrderBy(suggestion => suggestion.Cycles).ThenBy(suggestion => suggestion.Index);
    }

    public KernelSource Build(Workload workload, Configuration configuration, KernelSignature signature, KernelTarget target) =>
        KernelSource.Of((FusedTransformProgram.Build(Plan(workload, configuration), signature), 1));

    public long PackedCount(Workload workload, Configuration configuration)
    {
        FusedTransformPlan plan = Plan(workload, configuration);
        return (long)plan.ChannelGroups * plan.Channels.Tile * plan.Grid.Points * plan.Grid.Workload.InChannels;
    }

    public string PackedForm(Workload workload, Configuration configuration) => $"gpu-winograd{outputs}/{Plan(workload, configuration).Channels.Tile}";

    public PackingWork Pack(Workload workload, Configuration configuration, WeightOperand weights, float* target)
    {
        var w = (ConvolutionWorkload)workload;
        int width = Plan(workload, configuration).Channels.Tile;
        return WinogradWeights.Pack(w, WinogradTransform.Weights(outputs, w.KernelHeight, 1), width, weights.Source, target);
    }

    public long ExecutedFlops(Workload workload, Configuration configuration) => (long)(2 * Plan(workload, configuration).Products);

    private FusedTransformPlan Plan(Workload workload, Configuration configuration) =>
        FusedTransformPlan.Of(new TileGrid((ConvolutionWorkload)workload, outputs), configuration);
}
