namespace Attune.Kernels.Reference;

/// <summary>Operators that take a part of a tensor of any element type, surround it, blank it or turn parts of it round.</summary>
internal static class SelectionKernels
{
    public static void Register(KernelTable table)
    {
        table.AddExact("Slice", Slice);
        table.AddExact("Pad", Pad);
        table.AddExact("Trilu", Triangle);
        table.AddExact("Compress", Compress);
        table.AddExact("ReverseSequence", ReverseSequence);
    }

    private static Tensor Slice(KernelCall call)
    {
        Tensor x = call.Input(0);
        long[] starts = call.InputOrAttribute(1, "starts") ?? throw call.Malformed("the starts are missing");
        long[] ends = call.InputOrAttribute(2, "ends") ?? throw call.Malformed("the ends are missing");
        int[] axes = call.Axes(call.InputOrAttribute(3, "axes") ?? [.. Enumerable.Range(0, starts.Length).Select(static i => (long)i)], x.Shape.Rank);
        long[] steps = call.Optional(4) is Tensor given ? Numbers.ToLongs(given) : [.. Enumerable.Repeat(1L, starts.Length)];
        if (ends.Length != starts.Length || axes.Length != starts.Length || steps.Length != starts.Length || steps.Contains(0))
        {
            throw call.Malformed("starts, ends, axes and steps differ in number, or a step is zero");
        }

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

    private static Tensor Pad(KernelCall call)
    {
        Tensor x = call.Input(0);
        int rank = x.Shape.Rank;
        long[] pads = call.InputOrAttribute(1, call.Opset < 2 ? "paddings" : "pads") ?? throw call.Malformed("the pads are missing");
        int[] axes = call.Optional(3) is Tensor given ? call.Axes(Numbers.ToLongs(given), rank) : [.. Enumerable.Range(0, rank)];
        if (pads.Length != 2 * axes.Length)
        {
            throw call.Malformed($"{pads.Length} pads do not fit {axes.Length} axes");
        }

        Tensor fill = call.Optional(2) is Tensor value && value.Count > 0 ? value : Numbers.Convert(Tensor.Scalar(call.Float("value", 0)), x.Element);
        string mode = call.Text("mode", "constant");
        int[][] coordinates = LayoutKernels.Everything(x.Shape);
        for (int i = 0; i < axes.Length; i++)
        {
            int extent = x.Shape[axes[i]];
            int begin = checked((int)pads[i]);
            int length = checked(extent + begin + (int)pads[i + axes.Length]);
            if (length < 0 || (extent == 0 && length > 0 && mode != "constant"))
            {
                throw call.Malformed($"pads {begin} and {pads[i + axes.Length]} do not fit axis {axes[i]} of {x.Shape}");
            }

            coordinates[axes[i]] = [.. Enumerable.Range(-begin, length).Select(at => Source(call, mode, at, extent))];
        }

        return LayoutKernels.Cross(x, coordinates, fill);
    }

    private static int Source(KernelCall call, string mode, int at, int extent)
    {
        bool inside = at >= 0 && at < extent;
        switch (mode)
        {
            case "constant":
                return inside ? at : -1;
            case "edge":
                return Math.Clamp(at, 0, extent - 1);
            case "wrap":
                return ((at % extent) + extent) % extent;
            case "reflect":
                int period = Math.Max(1, 2 * (extent - 1));
                int folded = ((at % period) + period) % period;
                return folded < extent ? folded : period - folded;
            default:
                throw call.Unsupported($"padding mode '{mode}'");
        }
    }

    private static Tensor Triangle(KernelCall call)
    {
        Tensor x = call.Input(0);
        if (x.Shape.Rank < 2)
        {
            throw call.Malformed($"a matrix is needed, not {x.Shape}");
        }

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

    private static Tensor ReverseSequence(KernelCall call)
    {
        Tensor x = call.Input(0);
        long[] lengths = Numbers.ToLongs(call.Input(1));
        int timeAxis = call.AxisAttribute(0, x.Shape.Rank, "time_axis");
        int batchAxis = call.AxisAttribute(1, x.Shape.Rank, "batch_axis");
        if (lengths.Length != x.Shape[batchAxis] || lengths.Any(n => n < 0 || n > x.Shape[timeAxis]))
        {
            throw call.Malformed("the lengths do not fit the batch");
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
