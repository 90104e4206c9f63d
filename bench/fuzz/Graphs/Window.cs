using Attune.Kernels;

namespace Attune.Bench.Fuzz.Graphs;

/// <summary>A random sliding window over the spatial axes.</summary>
internal sealed record Window(long[] Kernel, long[] Strides, long[] Dilations, long[] Pads, string AutoPad)
{
    /// <summary>Elements of the kernel.</summary>
    public long Size => Kernel.Aggregate(1L, (product, extent) => product * extent);

    /// <summary>A window that fits the image.</summary>
    public static Window Draw(GraphDraw d, Shape shape, int spatial, bool dilated)
    {
        var kernel = new long[spatial];
        var strides = new long[spatial];
        var dilations = new long[spatial];
        var pads = new long[2 * spatial];
        string auto = d.Chance(0.15) ? d.OneOf("SAME_UPPER", "SAME_LOWER", "VALID") : string.Empty;
        bool square = d.Chance(0.5);
        bool padded = d.Chance(0.6);
        for (int axis = 0; axis < spatial; axis++)
        {
            bool copy = square && axis > 0;
            kernel[axis] = copy ? kernel[0] : d.OneOf(1, 1, 2, 3, 3, 3, 5);
            strides[axis] = copy ? strides[0] : d.OneOf(1, 1, 1, 2, 2, 3);
            dilations[axis] = dilated && d.Chance(0.15) && auto.Length == 0 ? 2 : 1;
            int extent = shape[axis + 2];
            if (padded && auto.Length == 0)
            {
                pads[axis] = d.Between(0, (int)Math.Min(2, kernel[axis] - 1));
                pads[axis + spatial] = d.Chance(0.6) ? pads[axis] : d.Between(0, (int)Math.Min(2, kernel[axis] - 1));
            }

            if (extent + pads[axis] + pads[axis + spatial] < ((kernel[axis] - 1) * dilations[axis]) + 1 && !auto.StartsWith("SAME", StringComparison.Ordinal))
            {
                (kernel[axis], dilations[axis], pads[axis], pads[axis + spatial]) = (1, 1, 0, 0);
            }
        }

        return new Window(kernel, strides, dilations, pads, auto);
    }

    /// <summary>A window whose results have the places of its image.</summary>
    public static Window Same(GraphDraw d, int spatial)
    {
        long size = d.OneOf(1, 3, 3, 5);
        return new Window(Repeat(size, spatial), Repeat(1, spatial), Repeat(1, spatial), Repeat(size / 2, 2 * spatial), string.Empty);
    }

    /// <summary>Places of the result, rounded down.</summary>
    public long Places(Shape shape) => Kernel.Select((size, axis) =>
    {
        int extent = shape[axis + 2];
        return AutoPad.StartsWith("SAME", StringComparison.Ordinal)
            ? (extent + Strides[axis] - 1) / Strides[axis]
            : ((extent + Pads[axis] + Pads[axis + Kernel.Length] - ((size - 1) * Dilations[axis]) - 1) / Strides[axis]) + 1;
    }).Aggregate(1L, (product, extent) => product * extent);

    public IEnumerable<(string Name, object Value)> Attributes(bool dilated)
    {
        yield return ("kernel_shape", Kernel);
        yield return ("strides", Strides);
        if (dilated)
        {
            yield return ("dilations", Dilations);
        }

        if (AutoPad.Length > 0)
        {
            yield return ("auto_pad", AutoPad);
        }
        else
        {
            yield return ("pads", Pads);
        }
    }

    private static long[] Repeat(long value, int count) => [.. Enumerable.Repeat(value, count)];
}
