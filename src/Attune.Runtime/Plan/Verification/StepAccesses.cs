using Attune.Kernels.Templates;

namespace Attune.Runtime.Plan.Verification;

/// <summary>
/// What a step reads and writes, stated from the same views and geometry that its kernel is compiled from. Reference kernels are not among them: they work on
/// tensors.
/// </summary>
internal static class StepAccesses
{
    public static IEnumerable<Access> Reads(PlannedStep step, int lanes)
    {
        NodePlan? node = step.Plan;
        switch (step.Kind)
        {
            case StepKind.Convolution:
                return ConvolutionReads(step);
            case StepKind.MaxPool:
            case StepKind.AveragePool:
            case StepKind.GlobalAverage:
                return [Images(step.Inputs[0], step.Inputs[0].ImageView, InputOf(node!.Pool!)) with
                {
                    Zeros = step.Kind == StepKind.AveragePool ? ZerosOf(node.Pool!) : default,
                }];
            case StepKind.Quantize:
                return [DenseAccess.Whole(step.Inputs[0], step.Inputs[0].Shape.Count)];
            case StepKind.DynamicQuantize:
                return step.Inputs[0].Kind == StorageKind.Blocked
                    ? [Images(step.Inputs[0], step.Inputs[0].ImageView, step.Inputs[0].Extent)]
                    : [DenseAccess.Whole(step.Inputs[0], step.Inputs[0].Shape.Count)];
            case StepKind.Elementwise:
                return ElementwiseReads(step, lanes);
            case StepKind.Enlarge:
                return [Images(step.Inputs[0], step.Inputs[0].ImageView, node!.InputExtent)];
            case StepKind.Concat:
                return step.Inputs.Where(input => input.Parent != step.Outputs[0]).Select(input => Images(input, input.ImageView, input.Extent));
            case StepKind.Softmax:
            case StepKind.LayerNorm:
                Extent rows = node!.InputExtent;
                return [DenseAccess.Whole(step.Inputs[0], rows.Count, ((rows.Channels + lanes - 1) / lanes * lanes) - rows.Channels)];
            case StepKind.MatMul:
                return ProductReads(step, node!.Product!);
            case StepKind.Attention:
                return step.Inputs.Select(input => DenseAccess.Whole(input, input.Shape.Count));
            case StepKind.Recurrent:
                return
                [
                    new ViewAccess(step.Inputs[0], step.Inputs[0].Value, step.Inputs[0].MatrixView, Extent.OfMatrix(step.Inputs[0].Shape), true),
                    .. step.Inputs.Skip(1).Select(state => DenseAccess.Whole(state, state.Shape.Count)),
                ];
            case StepKind.Transpose:
            case StepKind.Copy:
                return CopiesOf(step).Select(
                    copy => new DenseAccess(step.Inputs[copy.Input], copy.FromOrigin, [.. copy.Extents.Select(extent => (long)extent)], copy.FromSteps));
            case StepKind.Convert:
                return
                [
                    Converted(step.Inputs[0], step.Conversion!.From, step.Conversion, false),
                    .. step.Outputs.Where(output => output.NeedsZeros).Select(output => output.Root.ZeroAt).OfType<Storage>()
                        .Select(zero => DenseAccess.Whole(zero, 1)),
                ];
            default:
                return [];
        }
    }

    public static IEnumerable<Access> Writes(PlannedStep step, int lanes)
    {
        NodePlan? node = step.Plan;
        IEnumerable<Access> results;
        switch (step.Kind)
        {
            case StepKind.Convolution:
                results =
                [
                    ConvolutionResult(step, step.Outputs[0], ExecutionPlan.SignatureOf(step).Output),
                    .. step.Outputs.Skip(1).Select(table => DenseAccess.Whole(table, table.Shape.Count)),
                ];
                break;
            case StepKind.DynamicQuantize:
                results = step.Outputs.Select(output => output.Kind == StorageKind.Blocked
                    ? (Access)Images(output, output.ImageView, output.Extent)
                    : DenseAccess.Whole(output, output.Shape.Count));
                break;
            case StepKind.MaxPool:
            case StepKind.AveragePool:
            case StepKind.GlobalAverage:
                results = [Images(
                    step.Outputs[0], step.Outputs[0].ImageView, new Extent(node!.Pool!.Batch, node.Pool.Channels, node.Pool.OutHeight, node.Pool.OutWidth))];
                break;
            case StepKind.Quantize:
                results = [Images(step.Outputs[0], step.Outputs[0].ImageView, step.Outputs[0].Extent)];
                break;
            case StepKind.Elementwise:
                var views = ElementwiseViews.Of(step, lanes);
                results = [views.IsDense ? Vectors(step.Outputs[0], views.Output, views.Visited, lanes) : Images(
                    step.Outputs[0], views.Output, node!.OutputExtent)];
                break;
            case StepKind.Enlarge:
                results = [Images(step.Outputs[0], step.Outputs[0].ImageView, node!.OutputExtent)];
                break;
            case StepKind.Concat:
                results = ConcatWrites(step);
                break;
            case StepKind.Softmax:
            case StepKind.LayerNorm:
                results = [DenseAccess.Whole(step.Outputs[0], node!.InputExtent.Count)];
                break;
            case StepKind.MatMul:
                results = [DenseAccess.Whole(step.Outputs[0], (long)node!.Product!.Offsets.Count * node.Product.Rows * node.Product.Columns)];
                break;
            case StepKind.Attention:
                AttentionWorkload attention = node!.Attention!;
                results = [DenseAccess.Whole(step.Outputs[0], (long)attention.Batch * attention.Queries * attention.Heads * attention.ValueSize)];
                break;
            case StepKind.Recurrent:
                RecurrentWorkload layer = node!.Recurrent!;
                long state = (long)layer.Directions * layer.Batch * layer.Hidden;
                results = step.Outputs.Select((output, i) => DenseAccess.Whole(output, i == 0 && layer.WritesAll ? layer.Steps * state : state));
                break;
            case StepKind.Transpose:
            case StepKind.Copy:
                results = CopiesOf(step).Select(
                    copy => new DenseAccess(step.Outputs[copy.Output], copy.ToOrigin, [.. copy.Extents.Select(extent => (long)extent)], copy.ToSteps));
                break;
            case StepKind.Convert:
                results = [Converted(step.Outputs[0], step.Conversion!.To, step.Conversion, step.Outputs[0].Kind == StorageKind.Blocked)];
                break;
            default:
                results = [];
                break;
        }

        return results.Concat(step.Outputs.Where(output => output.NeedsZeros).Select(output => new HaloAccess(output)));
    }

    private static IEnumerable<Access> ConvolutionReads(PlannedStep step)
    {
        KernelSignature binding = ExecutionPlan.SignatureOf(step);
        ConvolutionWorkload w = ExecutionPlan.WorkloadOf(step).Entry;
        yield return new ViewAccess(step.Inputs[0], step.Inputs[0].Value, binding.Input, new Extent(w.Batch, w.InChannels, w.Height, w.Width), w.IsDense)
        {
            WholeVectors = w.IsDepthwise,
            Zeros = w.IsTransposed ? w.InputHalo : new Halo(
                w.Padding.Top,
                w.Padding.Left,
                Math.Max(0, ((w.OutHeight - 1) * w.StrideHeight) + ((w.KernelHeight - 1) * w.DilationHeight) + 1 - w.Padding.Top - w.Height),
                Math.Max(0, ((w.OutWidth - 1) * w.StrideWidth) + ((w.KernelWidth - 1) * w.DilationWidth) + 1 - w.Padding.Left - w.Width)),
        };
        if (step.Plan!.Epilogue.HasResidual)
        {
            yield return ConvolutionResult(step, step.Inputs[1], binding.Residual);
        }

        if (step.Plan.Narrow?.RunTime is not null)
        {
            yield return DenseAccess.Whole(step.Inputs[^2], 1);
            yield return DenseAccess.Whole(step.Inputs[^1], 1);
        }
    }

    private static ViewAccess ConvolutionResult(PlannedStep step, Storage storage, ActivationView view)
    {
        ConvolutionWorkload w = ExecutionPlan.WorkloadOf(step).Exit;
        return new ViewAccess(storage, storage.Value, view, new Extent(w.Batch, w.OutChannels, w.OutHeight, w.OutWidth), w.IsDense) { WholeVectors = true };
    }

    private static IEnumerable<Access> ElementwiseReads(PlannedStep step, int lanes)
    {
        var views = ElementwiseViews.Of(step, lanes);
        Extent extent = step.Plan!.OutputExtent;
        yield return views.IsDense ? Vectors(step.Inputs[0], views.Wide, views.Visited, lanes) : Images(step.Inputs[0], views.Wide, extent);
        if (step.Inputs.Count > 1)
        {
            // An operand that every pixel of a channel reads has one pixel.
            Extent other = step.Plan.Broadcast is null ? extent : extent with { Rows = 1, Columns = 1 };
            yield return views.IsDense ? Vectors(step.Inputs[1], views.Other, views.Visited, lanes) : Images(step.Inputs[1], views.Other, other);
        }
    }

    private static IEnumerable<Access> ProductReads(PlannedStep step, MatrixWorkload w)
    {
        long lefts = 1 + ((long)(w.Offsets.Outer - 1) * w.Offsets.LeftOuter) + ((long)(w.Offsets.Inner - 1) * w.Offsets.LeftInner);
        long rights = 1 + ((long)(w.Offsets.Outer - 1) * w.Offsets.RightOuter) + ((long)(w.Offsets.Inner - 1) * w.Offsets.RightInner);
        yield return DenseAccess.Whole(step.Inputs[0], lefts * w.Rows * w.Depth);
        yield return DenseAccess.Whole(step.Inputs[1], rights * w.Depth * w.Columns, Math.Max(0, w.Lanes - w.Columns));
    }

    private static IEnumerable<Access> ConcatWrites(PlannedStep step)
    {
        Storage output = step.Outputs[0];
        ActivationView view = output.ImageView;
        int block = 0;
        foreach (Storage input in step.Inputs)
        {
            if (input.Parent != output)
            {
                yield return new ViewAccess(
                    output, input.Value, view with { Origin = view.Origin + (block * view.Block) }, input.Extent, false)
                { WholeVectors = true };
            }

            block += (input.Extent.Channels + input.Lanes - 1) / input.Lanes;
        }
    }

    private static IEnumerable<StridedCopy> CopiesOf(PlannedStep step) => step.Kind == StepKind.Copy
        ? step.Plan!.Copies
        : [StridedCopy.OfPermutation(step.Inputs[0].Shape, step.Plan!.Node.Attributes.Ints("perm"))];

    private static Access Converted(Storage storage, ActivationView view, Conversion conversion, bool wholeVectors) => conversion.Order == ElementOrder.Line
        ? DenseAccess.Whole(storage, conversion.Extent.Count)
        : new ViewAccess(storage, storage.Value, view, conversion.Extent, conversion.Order == ElementOrder.Matrix) { WholeVectors = wholeVectors };

    private static ViewAccess Images(Storage storage, ActivationView view, Extent extent) =>
        new(storage, storage.Value, view, extent, false) { WholeVectors = true };

    private static DenseAccess Vectors(Storage storage, ActivationView view, ElementwiseExtent visited, int lanes) =>
        new(
            storage,
            view.Origin,
            [visited.Images, visited.Blocks, visited.Rows, visited.Vectors, lanes],
            [view.Batch, view.Block, view.Row, view.Pixel, 1])
        { HasSlack = true };

    private static Extent InputOf(PoolWorkload p) => new(p.Batch, p.Channels, p.Height, p.Width);

    private static Halo ZerosOf(PoolWorkload p) => new(
        p.PadTop,
        p.PadLeft,
        Math.Max(0, ((p.OutHeight - 1) * p.StrideHeight) + p.KernelHeight - p.PadTop - p.Height),
        Math.Max(0, ((p.OutWidth - 1) * p.StrideWidth) + p.KernelWidth - p.PadLeft - p.Width));
}
