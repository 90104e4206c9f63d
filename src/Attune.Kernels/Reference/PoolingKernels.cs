namespace Attune.Kernels.Reference;

/// <summary>Pooling over one to three spatial axes, global pooling and the inverse of max pooling.</summary>
internal static class PoolingKernels
{
    public static void Register(KernelTable table)
    {
        table.Add("MaxPool", MaxPool);
        table.Add("AveragePool", AveragePool);
        table.Add("LpPool", LpPool);
        table.Add("GlobalMaxPool", static call => Global(call, static (sum, v) => Math.Max(sum, v), double.NegativeInfinity, static (sum, _) => sum));
        table.Add("GlobalAveragePool", static call => Global(call, static (sum, v) => sum + v, 0, static (sum, count) => sum / count));
        table.Add("GlobalLpPool", GlobalLpPool);
        table.Add("MaxUnpool", Unpool);
    }

    private static Tensor[] MaxPool(KernelCall call)
    {
        Tensor x = call.Input(0);
        SpatialWindow window = WindowOf(call, x);
        double[] values = Numbers.ToDoubles(x);
        bool columnMajor = call.Flag("storage_order");
        Shape shape = ResultShape(x, window);
        var y = new double[checked((int)shape.Count)];
        var indices = new long[y.Length];
        Walk(x, window, (output, plane, taps) =>
        {
            double best = double.NegativeInfinity;
            int where = -1;
            foreach (int tap in taps)
            {
                double v = values[(plane * window.InputCount) + tap];
                if (where < 0 || v > best || double.IsNaN(v))
                {
                    best = v;
                    where = tap;
                }
            }

            y[output] = best;
            int flat = columnMajor && where >= 0 ? ColumnMajor(where, window) : where;
            indices[output] = ((long)plane * window.InputCount) + flat;
        });

        Tensor pooled = Numbers.FromDoubles(y, x.Element, shape);
        return call.Wants(1) ? [pooled, Tensor.Of(shape, indices)] : [pooled];
    }

    private static Tensor AveragePool(KernelCall call)
    {
        Tensor x = call.Input(0);
        SpatialWindow window = WindowOf(call, x);
        double[] values = Numbers.ToDoubles(x);
        bool countPadding = call.Flag("count_include_pad");
        int[] cells = CellsWithPadding(window);
        Shape shape = ResultShape(x, window);
        var y = new double[checked((int)shape.Count)];
        Walk(x, window, (output, plane, taps) =>
        {
            double sum = 0;
            foreach (int tap in taps)
            {
                sum += values[(plane * window.InputCount) + tap];
            }

            y[output] = sum / (countPadding ? cells[output % window.OutputCount] : taps.Length);
        });
        return Numbers.FromDoubles(y, x.Element, shape);
    }

    private static Tensor LpPool(KernelCall call)
    {
        Tensor x = call.Input(0);
        SpatialWindow window = WindowOf(call, x);
        double[] values = Numbers.ToDoubles(x);
        double p = call.Attributes.Find("p") is float real ? real : call.Int("p", 2);
        Shape shape = ResultShape(x, window);
        var y = new double[checked((int)shape.Count)];
        Walk(x, window, (output, plane, taps) =>
        {
            double sum = 0;
            foreach (int tap in taps)
            {
                sum += Math.Pow(Math.Abs(values[(plane * window.InputCount) + tap]), p);
            }

            y[output] = Math.Pow(sum, 1 / p);
        });
        return Numbers.FromDoubles(y, x.Element, shape);
    }

    private static Tensor GlobalLpPool(KernelCall call)
    {
        double p = call.Attributes.Find("p") is float real ? real : call.Int("p", 2);
        return Global(call, (sum, v) => sum + Math.Pow(Math.Abs(v), p), 0, (sum, _) => Math.Pow(sum, 1 / p));
    }

    private static Tensor Global(KernelCall call, Func<double, double, double> step, double start, Func<double, int, double> finish)
    {
        Tensor x = call.Input(0);
        if (x.Shape.Rank < 2)
        {
            throw call.Malformed($"batch and channels are missing in {x.Shape}");
        }

        int size = Indexing.Product(x.Shape, 2, x.Shape.Rank);
        double[] values = Numbers.ToDoubles(x);
        var shape = new Shape([.. x.Shape.Dimensions[..2], .. Enumerable.Repeat(1L, x.Shape.Rank - 2)]);
        var y = new double[checked((int)shape.Count)];
        for (int i = 0; i < y.Length; i++)
        {
            double sum = start;
            for (int j = 0; j < size; j++)
            {
                sum = step(sum, values[(i * size) + j]);
            }

            y[i] = finish(sum, size);
        }

        return Numbers.FromDoubles(y, x.Element, shape);
    }

    private static Tensor Unpool(KernelCall call)
    {
        Tensor x = call.Input(0);
        long[] indices = Numbers.ToLongs(call.Input(1));
        long[] kernel = call.Ints("kernel_shape") ?? throw call.Malformed("kernel_shape is missing");
        SpatialWindow window = SpatialWindow.Unplaced(call, x.Shape, kernel);
        var pooled = new Shape([
            .. x.Shape.Dimensions[..2],
            .. Enumerable.Range(3 - window.Rank, window.Rank).Select(i => (long)(((window.Input[i] - 1) * window.Stride[i]) + window.Kernel[i] - window.Begin[i] - window.End[i]))]);
        Shape shape = call.Optional(2) is Tensor wanted ? Shape.Of(Numbers.ToLongs(wanted)) : pooled;
        if (indices.Length != x.Count || shape.Rank != x.Shape.Rank)
        {
            throw call.Malformed("data, indices and output_shape do not belong together");
        }

        // The indices count in the tensor that was pooled, which a larger output_shape contains at its origin.
        long[] strides = shape.Strides();
        var target = new double[checked((int)shape.Count)];
        double[] values = Numbers.ToDoubles(x);
        for (int i = 0; i < values.Length; i++)
        {
            long rest = indices[i];
            long position = 0;
            for (int axis = shape.Rank - 1; axis >= 0; axis--)
            {
                position += rest % pooled.Dimensions[axis] * strides[axis];
                rest /= pooled.Dimensions[axis];
            }

            target[position] = values[i];
        }

        return Numbers.FromDoubles(target, x.Element, shape);
    }

    private static SpatialWindow WindowOf(KernelCall call, Tensor x) =>
        SpatialWindow.Of(call, x.Shape, call.Ints("kernel_shape") ?? throw call.Malformed("kernel_shape is missing"));

    private static Shape ResultShape(Tensor x, SpatialWindow window) => new([.. x.Shape.Dimensions[..2], .. window.OutputDimensions]);

    /// <summary>Calls back for every output element with its plane and the positions within the plane that its window sees, padding left out.</summary>
    private static void Walk(Tensor x, SpatialWindow window, VisitWindow visit)
    {
        int planes = x.Shape[0] * x.Shape[1];
        var taps = new int[window.KernelCount];
        for (int position = 0; position < window.OutputCount; position++)
        {
            int count = 0;
            for (int tap = 0; tap < taps.Length; tap++)
            {
                int ix = Coordinate(window, 2, position % window.Output[2], tap % window.Kernel[2]);
                int iy = Coordinate(window, 1, position / window.Output[2] % window.Output[1], tap / window.Kernel[2] % window.Kernel[1]);
                int iz = Coordinate(window, 0, position / window.Output[2] / window.Output[1], tap / window.Kernel[2] / window.Kernel[1]);
                if ((uint)iz < (uint)window.Input[0] && (uint)iy < (uint)window.Input[1] && (uint)ix < (uint)window.Input[2])
                {
                    taps[count++] = (((iz * window.Input[1]) + iy) * window.Input[2]) + ix;
                }
            }

            for (int plane = 0; plane < planes; plane++)
            {
                visit((plane * window.OutputCount) + position, plane, taps.AsSpan(0, count));
            }
        }
    }

    private static int Coordinate(SpatialWindow window, int axis, int output, int tap) =>
        (output * window.Stride[axis]) - window.Begin[axis] + (tap * window.Dilation[axis]);

    /// <summary>For every output position, how many cells of its window lie in the data or its padding; what rounding up adds beyond does not count.</summary>
    private static int[] CellsWithPadding(SpatialWindow window)
    {
        var cells = new int[window.OutputCount];
        int Along(int axis, int output) => Enumerable.Range(0, window.Kernel[axis])
            .Count(tap => Coordinate(window, axis, output, tap) < window.Input[axis] + window.End[axis]);
        for (int position = 0; position < cells.Length; position++)
        {
            cells[position] = Along(2, position % window.Output[2])
                * Along(1, position / window.Output[2] % window.Output[1])
                * Along(0, position / window.Output[2] / window.Output[1]);
        }

        return cells;
    }

    private static int ColumnMajor(int tap, SpatialWindow window)
    {
        int ix = tap % window.Input[2];
        int iy = tap / window.Input[2] % window.Input[1];
        int iz = tap / window.Input[2] / window.Input[1];
        return (((ix * window.Input[1]) + iy) * window.Input[0]) + iz;
    }

    private delegate void VisitWindow(int output, int plane, ReadOnlySpan<int> taps);
}
