using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>Operators that take a part of a tensor of any element type, surround it, blank it or turn parts of it round.</summary>
internal static class SelectionKernels
{
    public static void Register(KernelTable table)
    {
        table.AddExact("Slice", static node => CutsOf(node), Slice);
        table.AddExact("Pad", GuardPad, Pad);
        table.AddExact("Trilu", GuardTriangle, Triangle);
        table.AddExact("Compress", GuardCompress, Compress);
        table.AddExact("ReverseSequence", GuardReverse, ReverseSequence);
    }

    /// <summary>Where a Slice cuts; null when that is not known yet.</summary>
    private static (long[] Starts, long[] Ends, int[] Axes, long[] Steps)? CutsOf(NodeFacts node)
    {
        Shape x = node.Shape(0);
        for (int input = 1; input <= 4; input++)
        {
            if (node.Has(input))
            {
                Guards.Index(node, input);
            }
        }

        if (Enumerable.Range(1, 4).Any(node.Awaits))
        {
            return null;
        }

        long[] starts = node.InputOrAttribute(1, "starts") ?? throw node.Malformed("the starts are missing");
        long[] ends = node.InputOrAttribute(2, "ends") ?? throw node.Malformed("the ends are missing");
        int[] axes = node.Axes(node.InputOrAttribute(3, "axes") ?? [.. Enumerable.Range(0, starts.Length).Select(static i => (long)i)], x.Rank);
        long[] steps = node.Known(4) is Tensor given ? Numbers.ToLongs(given) : [.. Enumerable.Repeat(1L, starts.Length)];
        return ends.Length == starts.Length && axes.Length == starts.Length && steps.Length == starts.Length && !steps.Contains(0)
            ? (starts, ends, axes, steps)
            : throw node.Malformed("starts, ends, axes and steps differ in number, or a step is zero");
    }

    private static Tensor Slice(KernelCall call)
    {
        Tensor x = call.Input(0);
        (long[] starts, long[] ends, int[] axes, long[] steps) = CutsOf(call)!.Value;
        int[][] coordinates = LayoutKernels.Everything(x.Shape);
        for (int i = 0; i < axes.Length; i++)
        {
            long extent = x.Shape.Dimensions[axes[i]];
            long step = steps[i];
            long start = Math.Clamp(starts[i] < 0 ? starts[i] + extent : starts[i], 0, step > 0 ? extent : Math.Max(0, extent - 1));
            long end = Math.Clamp(ends[i] < 0 ? ends[i] + extent : ends[i], step > 0 ? 0 : -1, extent);
            var along = new List<int>();
            for (long at = start; extent > 0 && (step > 0 ? at < end : at > end); at += step)
            {
                along.Add((int)at);
            }

            coordinates[axes[i]] = [.. along];
        }

        return LayoutKernels.Cross(x, coordinates);
    }

    private static void GuardPad(NodeFacts node)
    {
        Shape x = node.Shape(0);
        string mode = Guards.Choice(node, "mode", "constant", "constant", "edge", "reflect", "wrap");
        if (node.Has(2) && node.Shape(2).Count > 0)
        {
            Guards.Same(node, 0, 2);
            Guards.One(node, 2);
        }

        if (PadsOf(node) is not (long[] pads, int[] axes))
        {
            return;
        }

        for (int i = 0; i < axes.Length; i++)
        {
            long extent = x.Dimensions[axes[i]];
            long begin = pads[i];
            long end = pads[i + axes.Length];
            Int128 length = (Int128)extent + begin + end;
            if (length < 0 || length > int.MaxValue || (extent == 0 && length > 0 && mode != "constant"))
            {
                throw node.Malformed($"pads {begin} and {end} do not fit axis {axes[i]} of {x}");
            }
        }
    }

    /// <summary>Pads and the axes that they belong to; null when they are not known yet.</summary>
    private static (long[] Pads, int[] Axes)? PadsOf(NodeFacts node)
    {
        int rank = node.Shape(0).Rank;
        if (node.Awaits(1) || node.Awaits(3))
        {
            return null;
        }

        long[] pads = node.InputOrAttribute(1, node.Opset < 2 ? "paddings" : "pads") ?? throw node.Malformed("the pads are missing");
        int[] axes = node.Known(3) is Tensor given ? node.Axes(Numbers.ToLongs(given), rank) : [.. Enumerable.Range(0, rank)];
        return pads.Length == 2 * axes.Length ? (pads, axes) : throw node.Malformed($"{pads.Length} pads do not fit {axes.Length} axes");
    }

    private static Tensor Pad(KernelCall call)
    {
        Tensor x = call.Input(0);
        (long[] pads, int[] axes) = PadsOf(call)!.Value;
        Tensor fill = call.Optional(2) is Tensor value && value.Count > 0 ? value : Numbers.Convert(Tensor.Scalar(call.Float("value", 0)), x.Element);
        string mode = call.Text("mode", "constant");
        int[][] coordinates = LayoutKernels.Everything(x.Shape);
        for (int i = 0; i < axes.Length; i++)
        {
            int extent = x.Shape[axes[i]];
            int begin = checked((int)pads[i]);
            int length = checked((int)(extent + begin + pads[i + axes.Length]));
            coordinates[axes[i]] = [.. Enumerable.Range(0, length).Select(at => Source(mode, (long)at - begin, extent))];
        }

        return LayoutKernels.Cross(x, coordinates, fill);
    }

    private static int Source(string mode, long at, int extent)
    {
        switch (mode)
        {
            case "edge":
                return (int)Math.Clamp(at, 0, extent - 1);
            case "wrap":
                return (int)(((at % extent) + extent) % extent);
            case "reflect":
                long period = Math.Max(1, 2L * (extent - 1));
                long folded = ((at % period) + period) % period;
                return (int)(folded < extent ? folded : period - folded);
            default:
                return at >= 0 && at < extent ? (int)at : -1;
        }
    }

    private static void GuardTriangle(NodeFacts node)
    {
        if (node.Shape(0).Rank < 2)
        {
            throw node.Malformed($"a matrix is needed, not {node.Shape(0)}");
        }

        if (node.Has(1))
        {
            Guards.Index(node, 1);
            Guards.One(node, 1);
        }
    }

    private static Tensor Triangle(KernelCall call)
    {
        Tensor x = call.Input(0);
        long k = call.Optional(1) is Tensor given ? Numbers.ToLong(given) : 0;
        bool upper = call.Flag("upper", absent: true);
        int columns = x.Shape[-1];
        int rows = x.Shape[-2];
        var positions = new int[x.Count];
        for (int i = 0; i < positions.Length; i++)
        {
            long above = (i % columns) - (i / columns % rows);
            positions[i] = (upper ? above >= k : above <= k) ? i : -1;
        }

        return Indexing.Take(x, x.Shape, positions);
    }

    private static void GuardCompress(NodeFacts node)
    {
        Guards.Truth(node, 1);
        if (node.Attributes.Has("axis"))
        {
            node.AxisAttribute(0, node.Shape(0).Rank);
        }
    }

    private static Tensor Compress(KernelCall call)
    {
        Tensor x = call.Input(0);
        bool[] keep = call.Input(1).Elements<bool>();
        if (!call.Attributes.Has("axis"))
        {
            x = x.Reshape(Shape.Of(x.Count));
        }

        int axis = call.AxisAttribute(0, x.Shape.Rank);
        int[][] coordinates = LayoutKernels.Everything(x.Shape);
        coordinates[axis] = [.. coordinates[axis].Where(at => at < keep.Length && keep[at])];
        return LayoutKernels.Cross(x, coordinates);
    }

    private static void GuardReverse(NodeFacts node)
    {
        Shape x = Guards.Rank(node, 0, 2);
        Guards.Index(node, 1);
        int time = node.AxisAttribute(0, x.Rank, "time_axis");
        int batch = node.AxisAttribute(1, x.Rank, "batch_axis");
        if (time == batch || node.Shape(1).Count != x.Dimensions[batch])
        {
            throw node.Malformed($"{node.Shape(1)} lengths along axis {time} do not fit the batch axis {batch} of {x}");
        }
    }

    private static Tensor ReverseSequence(KernelCall call)
    {
        Tensor x = call.Input(0);
        long[] lengths = Numbers.ToLongs(call.Input(1));
        int timeAxis = call.AxisAttribute(0, x.Shape.Rank, "time_axis");
        int batchAxis = call.AxisAttribute(1, x.Shape.Rank, "batch_axis");
        if (lengths.Any(n => n < 0 || n > x.Shape[timeAxis]))
        {
            throw call.Malformed($"the lengths ({string.Join(", ", lengths.Take(16))}) do not fit {x.Shape[timeAxis]} steps");
        }

        long[] strides = x.Shape.Strides();
        var positions = new int[x.Count];
        for (int i = 0; i < positions.Length; i++)
        {
            long time = i / strides[timeAxis] % x.Shape[timeAxis];
            long length = lengths[i / strides[batchAxis] % x.Shape[batchAxis]];
            positions[i] = time < length ? (int)(i + ((length - 1 - (2 * time)) * strides[timeAxis])) : i;
        }

        return Indexing.Take(x, x.Shape, positions);
    }
}
