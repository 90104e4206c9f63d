using Attune.Kernels;

namespace Attune.Reference;

/// <summary>
/// The geometry of a sliding window over one to three spatial axes. Missing leading axes have extent 1, so that every kernel is written once, for three.
/// All lists are in the order depth, height, width.
/// </summary>
internal sealed class SpatialWindow
{
    private const int Axes = 3;

    private SpatialWindow(int rank) => Rank = rank;

    /// <summary>Number of real spatial axes.</summary>
    public int Rank { get; }

    public int[] Input { get; } = [1, 1, 1];

    public int[] Kernel { get; } = [1, 1, 1];

    public int[] Stride { get; } = [1, 1, 1];

    public int[] Dilation { get; } = [1, 1, 1];

    public int[] Begin { get; } = [0, 0, 0];

    public int[] End { get; } = [0, 0, 0];

    public int[] Output { get; } = [1, 1, 1];

    public int InputCount => Input[0] * Input[1] * Input[2];

    public int KernelCount => Kernel[0] * Kernel[1] * Kernel[2];

    public int OutputCount => Output[0] * Output[1] * Output[2];

    /// <summary>How much of an axis the window covers.</summary>
    public int Span(int axis) => checked(((Kernel[axis] - 1) * Dilation[axis]) + 1);

    /// <summary>Extents of the result's real spatial axes.</summary>
    public IEnumerable<long> OutputDimensions => Output.Skip(Axes - Rank).Select(extent => (long)extent);

    /// <summary>Reads strides, dilations, pads, auto_pad and ceil_mode of a node whose data is [batch, channels, spatial...].</summary>
    public static SpatialWindow Of(NodeFacts node, Shape data, IReadOnlyList<long> kernel)
    {
        SpatialWindow window = Unplaced(node, data, kernel);
        bool ceiling = node.Flag("ceil_mode");
        string autoPad = node.Text("auto_pad", "NOTSET");
        for (int axis = Axes - window.Rank; axis < Axes; axis++)
        {
            int span = window.Span(axis);
            if (autoPad is "SAME_UPPER" or "SAME_LOWER")
            {
                window.Output[axis] = window.Input[axis] == 0 ? 0 : ((window.Input[axis] - 1) / window.Stride[axis]) + 1;
                int total = Math.Max(0, checked(((window.Output[axis] - 1) * window.Stride[axis]) + span - window.Input[axis]));
                window.Begin[axis] = autoPad == "SAME_UPPER" ? total / 2 : total - (total / 2);
                window.End[axis] = total - window.Begin[axis];
                continue;
            }

            int room = checked(window.Input[axis] + window.Begin[axis] + window.End[axis] - span);
            if (room < 0)
            {
                throw node.Malformed($"a window of {span} does not fit spatial axis {axis - Axes + window.Rank} of {data}");
            }

            int steps = (int)((room + (ceiling ? window.Stride[axis] - 1L : 0)) / window.Stride[axis]);
            if (ceiling && (long)steps * window.Stride[axis] >= window.Input[axis] + window.Begin[axis])
            {
                // Rounding up must not add a window that begins in the padding at the end.
                steps--;
            }

            window.Output[axis] = steps + 1;
        }

        return window;
    }

    /// <summary>The window without output extents and automatic padding, for operators that compute these the other way round.</summary>
    public static SpatialWindow Unplaced(NodeFacts node, Shape data, IReadOnlyList<long> kernel)
    {
        int rank = data.Rank - 2;
        if (rank is < 1 or > Axes)
        {
            throw node.Unsupported($"{rank} spatial axes");
        }

        string autoPad = node.Text("auto_pad", "NOTSET");
        if (autoPad is not ("NOTSET" or "VALID" or "SAME_UPPER" or "SAME_LOWER" or ""))
        {
            throw node.Malformed($"auto_pad '{autoPad}' is unknown");
        }

        long[] strides = ListOf(node, "strides", rank, 1);
        long[] dilations = ListOf(node, "dilations", rank, 1);
        long[] pads = autoPad is "NOTSET" or "" ? ListOf(node, "pads", 2 * rank, 0) : new long[2 * rank];
        if (kernel.Count != rank || kernel.Any(extent => extent < 1) || strides.Any(step => step < 1) || dilations.Any(step => step < 1))
        {
            throw node.Malformed("kernel extents, strides and dilations must be positive, one for each spatial axis");
        }

        if (pads.Any(static pad => pad < 0))
        {
            throw node.Malformed("pads must not be negative");
        }

        var window = new SpatialWindow(rank);
        for (int i = 0; i < rank; i++)
        {
            int axis = Axes - rank + i;
            window.Input[axis] = data[i + 2];
            window.Kernel[axis] = checked((int)kernel[i]);
            window.Stride[axis] = checked((int)strides[i]);
            window.Dilation[axis] = checked((int)dilations[i]);
            window.Begin[axis] = checked((int)pads[i]);
            window.End[axis] = checked((int)pads[i + rank]);
        }

        return window;
    }

    private static long[] ListOf(NodeFacts node, string name, int count, long absent)
    {
        long[] list = node.Ints(name) ?? [.. Enumerable.Repeat(absent, count)];
        return list.Length == count ? list : throw node.Malformed($"attribute {name} has {list.Length} numbers instead of {count}");
    }
}
