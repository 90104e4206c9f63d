using Attune.Kernels.Templates;
using Attune.Runtime.Plan;

namespace Attune.Runtime.Execution;

/// <content>Element-wise steps and enlargements.</content>
internal sealed partial class StepCompiler
{
    private KernelPart Elementwise(PlannedStep step, int slot)
    {
        NodePlan node = step.Plan!;
        var views = ElementwiseViews.Of(step, plan.Lanes);
        Operand wide = step.Inputs[0];
        Operand other = node.Broadcast?.Numbers is { } numbers ? Keep(numbers) : step.Inputs[^1];
        bool swapped = node.Broadcast is { IsFirst: true };
        (Operand Operand, ActivationView View) left = swapped ? (other, views.Other) : (wide, views.Wide);
        (Operand Operand, ActivationView View) right = swapped ? (wide, views.Wide) : (other, views.Other);
        CompiledKernel kernel = Compile(node.Operation, node.Epilogue, views.Visited, (left.View, right.View, views.Output));
        return new KernelPart(kernel, 0, [left.Operand, right.Operand, step.Outputs[0]], slot);
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
                var written = new ActivationView(
                    output.Origin + (image * output.Batch) + (column * output.Pixel), output.Block, down * output.Row, 1, output.Row, across * output.Pixel);
                CompiledKernel kernel = Compile(null, step.Plan.Epilogue, visited, (read, read, written));
                yield return new KernelPart(kernel, 0, [step.Inputs[0], step.Inputs[0], step.Outputs[0]], slot);
            }
        }
    }

    private CompiledKernel Compile(
        string? operation, Epilogue activation, ElementwiseExtent visited, (ActivationView Left, ActivationView Right, ActivationView Output) views)
    {
        var signature = new KernelSignature(views.Left, views.Right, views.Output, activation);
        return KernelTemplates.Compile(new ElementwiseWorkload(operation, activation, visited, plan.Lanes), signature, plan.Target);
    }
}
