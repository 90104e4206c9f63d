using Attune.Kernels.Templates;

namespace Attune.Runtime.Plan;

/// <summary>What an element-wise step visits, and where its operands lie.</summary>
/// <param name="Visited">Rows and vectors.</param>
/// <param name="Wide">View of the operand that has the result's shape; the first of two such.</param>
/// <param name="Other">View of the other operand, which may be smaller; that of the only one.</param>
/// <param name="Output">View of the result.</param>
/// <param name="IsDense">Memory is visited in the order of its addresses, whatever the shape; otherwise as images.</param>
internal sealed record ElementwiseViews(ElementwiseExtent Visited, ActivationView Wide, ActivationView Other, ActivationView Output, bool IsDense)
{
    public static ElementwiseViews Of(PlannedStep step, int lanes)
    {
        NodePlan node = step.Plan!;
        Storage wide = step.Inputs[0];
        Storage output = step.Outputs[0];
        if (node.Broadcast is { } small)
        {
            return new ElementwiseViews(
                small.Visited,
                small.Line ?? wide.ImageView,
                small.View ?? step.Inputs[1].ImageView with { Row = 0, Pixel = 0 },
                small.Line ?? output.ImageView,
                small.Line is not null);
        }

        Extent extent = node.OutputExtent;
        if (output.Kind != StorageKind.Blocked)
        {
            var flat = ElementwiseExtent.Flat(extent.Count, lanes);
            ActivationView line = flat.Line(lanes);
            return new ElementwiseViews(flat, line, line, line, true);
        }

        var visited = new ElementwiseExtent(extent.Images, (extent.Channels + lanes - 1) / lanes, extent.Rows, extent.Columns);
        return new ElementwiseViews(visited, wide.ImageView, step.Inputs[^1].ImageView, output.ImageView, false);
    }
}
