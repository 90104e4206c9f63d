using System.Runtime.InteropServices;
using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>Pooling over one to three spatial axes, and global pooling.</summary>
internal static partial class PoolingKernels
{
    public static void Register(KernelTable table)
    {
        table.Add("MaxPool", GuardMaxPool, MaxPool, 2);
        table.Add("AveragePool", GuardPool, AveragePool);
        table.Add("LpPool", GuardNormPool, LpPool);
        table.Add(
            "GlobalMaxPool", GuardGlobal, static call => Global(call, static (sum, v) => Math.Max(sum, v), double.NegativeInfinity, static (sum, _) => sum));
        table.Add("GlobalAveragePool", GuardGlobal, static call => Global(call, static (sum, v) => sum + v, 0, static (sum, count) => sum / count));
        table.Add("GlobalLpPool", GuardGlobalNorm, GlobalLpPool);
    }

    private static Tensor[] MaxPool(KernelCall call)
    {
        Tensor x = call.Input(0);
        SpatialWindow window = WindowOf(call);
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
        SpatialWindow window = WindowOf(call);
        double[] values = Numbers.ToDoubles(x);
        bool countPadding = call.Flag("count_include_pad");
        double[] cells = CellsWithPadding(window);
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
        SpatialWindow window = WindowOf(call);
        double[] values = Numbers.ToDoubles(x);
        double p = Norm(call);
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
        double p = Norm(call);
        return Global(call, (sum, v) => sum + Math.Pow(Math.Abs(v), p), 0, (sum, _) => Math.Pow(sum, 1 / p));
    }

    private static Tensor Global(KernelCall call, Func<double, double, double> step, double start, Func<double, int, double> finish)
    {
        Tensor x = call.Input(0);
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

    private static Shape ResultShape(Tensor x, SpatialWindow window) => new([.. x.Shape.Dimensions[..2], .. window.OutputDimensions]);

    /// <summary>Calls back for every output element with its plane and the positions within the plane that its window sees, padding left out.</summary>
    private static void Walk(Tensor x, SpatialWindow window, VisitWindow visit)
    {
        int planes = x.Shape[0] * x.Shape[1];
        int[][][] seen = [.. Enumerable.Range(0, 3).Select(
            axis => Enumerable.Range(0, window.Output[axis]).Select(output => Inside(window, axis, output)).ToArray())];
        var taps = new List<int>();
        for (int position = 0; position < window.OutputCount; position++)
        {
            taps.Clear();
            foreach (int iz in seen[0][position / window.Output[2] / window.Output[1]])
            {
                foreach (int iy in seen[1][position / window.Output[2] % window.Output[1]])
                {
                    foreach (int ix in seen[2][position % window.Output[2]])
                    {
                        taps.Add((((iz * window.Input[1]) + iy) * window.Input[2]) + ix);
                    }
                }
            }

            ReadOnlySpan<int> all = CollectionsMarshal.AsSpan(taps);
            for (int plane = 0; plane < planes; plane++)
            {
                visit((plane * window.OutputCount) + position, plane, all);
            }
        }
    }

    /// <summary>
    /// The coordinates along an axis that a window sees. A file may state windows far larger than the data, so only what lies inside is walked.
    /// </summary>
    private static int[] Inside(SpatialWindow window, int axis, int output)
    {
        long start = ((long)output * window.Stride[axis]) - window.Begin[axis];
        long step = window.Dilation[axis];
        long first = start >= 0 ? 0 : (-start + step - 1) / step;
        long end = Math.Min(window.Kernel[axis], start >= window.Input[axis] ? 0 : ((window.Input[axis] - 1 - start) / step) + 1);
        var inside = new int[Math.Max(0, end - first)];
        for (int i = 0; i < inside.Length; i++)
        {
            inside[i] = (int)(start + ((first + i) * step));
        }

        return inside;
    }

    /// <summary>For every output position, how many cells of its window lie in the data or its padding; what rounding up adds beyond does not count.</summary>
    private static double[] CellsWithPadding(SpatialWindow window)
    {
        double Along(int axis, int output)
        {
            long room = window.Input[axis] + window.End[axis] - 1 - (((long)output * window.Stride[axis]) - window.Begin[axis]);
            return room < 0 ? 0 : Math.Min(window.Kernel[axis], (room / window.Dilation[axis]) + 1);
        }

        var cells = new double[window.OutputCount];
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
