using Attune.Kernels.Templates;
using Attune.Runtime.Plan;

namespace Attune.Runtime.Execution;

/// <content>Element-wise steps and enlargements.</content>
internal sealed partial class StepCompiler
{
    private KernelPart Elementwise(PlannedStep step, int slot)
    {
        NodePlan node = step.Plan!;
        Storage output = step.Outputs[0];
        Extent extent = node.OutputExtent;
        int lanes = plan.Lanes;
        bool blocked = output.Kind == StorageKind.Blocked;
        ElementwiseExtent visited = blocked
            ? new ElementwiseExtent(extent.Images, (extent.Channels + lanes - 1) / lanes, extent.Rows, extent.Columns)
            : ElementwiseExtent.Flat(extent.Count, lanes);
        ActivationView line = visited.Line(lanes);
        ActivationView View(Storage storage) => blocked ? storage.ImageView : line;
        if (node.Broadcast is { } broadcast)
        {
            return Broadcast(step, broadcast, slot);
        }

        Storage left = step.Inputs[0];
        Storage right = step.Inputs[^1];
        var kernel = ElementwiseTemplates.Compile(node.Operation, node.Epilogue, visited, View(left), View(right), View(output), lanes);
        return new KernelPart(kernel, 0, [left, right, output], slot);
    }

    private KernelPart Broadcast(PlannedStep step, BroadcastOperand broadcast, int slot)
    {
        NodePlan node = step.Plan!;
        Storage wide = step.Inputs[0];
        Operand small = broadcast.Numbers is { } numbers ? Keep(numbers) : step.Inputs[1];
        ActivationView wideView = broadcast.Line ?? wide.ImageView;
        ActivationView smallView = broadcast.View ?? step.Inputs[1].ImageView with { Row = 0, Pixel = 0 };
        ActivationView output = broadcast.Line ?? step.Outputs[0].ImageView;
        return broadcast.IsFirst
            ? new KernelPart(ElementwiseTemplates.Compile(node.Operation, node.Epilogue, broadcast.Visited, smallView, wideView, output, plan.Lanes), 0, [small, wide, step.Outputs[0]], slot)
            : new KernelPart(ElementwiseTemplates.Compile(node.Operation, node.Epilogue, broadcast.Visited, wideView, smallView, output, plan.Lanes), 0, [wide, small, step.Outputs[0]], slot);
    }

    /// <summary>One kernel for each column of the factor; each writes every row of it. Images and channel blocks are one axis where memory allows.</summary>
    private IEnumerable<KernelPart> Enlargement(PlannedStep step, int slot)
    {
        Extent from = step.Plan!.InputExtent;
        Extent to = step.Plan.OutputExtent;
        int down = to.Rows / from.Rows;
        int across = to.Columns / from.Columns;
        int blocks = (from.Channels + plan.Lanes - 1) / plan.Lanes;
        ActivationView input = step.Inputs[0].ImageView;
        ActivationView output = step.Outputs[0].ImageView;
        bool joined = from.Images == 1 || (input.Batch == blocks * input.Block && output.Batch == blocks * output.Block);
        var visited = new ElementwiseExtent(joined ? from.Images * blocks : blocks, from.Rows, down, from.Columns);
        for (int image = 0; image < (joined ? 1 : from.Images); image++)
        {
            var read = new ActivationView(input.Origin + (image * input.Batch), input.Block, input.Row, 1, 0, input.Pixel);
            for (int column = 0; column < across; column++)
            {
                var written = new ActivationView(output.Origin + (image * output.Batch) + (column * output.Pixel), output.Block, down * output.Row, 1, output.Row, across * output.Pixel);
                yield return new KernelPart(ElementwiseTemplates.Compile(null, step.Plan.Epilogue, visited, read, read, written, plan.Lanes), 0, [step.Inputs[0], step.Inputs[0], step.Outputs[0]], slot);
            }
        }
    }
}
