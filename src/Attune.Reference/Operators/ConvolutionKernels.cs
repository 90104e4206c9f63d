using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>Convolutions over one to three spatial axes: plain, transposed, integer and quantised; any stride, dilation, padding and group.</summary>
internal static partial class ConvolutionKernels
{
    public static void Register(KernelTable table)
    {
        table.Add("Conv", GuardPlain, Convolve);
        table.Add("ConvTranspose", GuardTransposed, Transposed);
        table.Add("ConvInteger", GuardIntegers, ConvolveIntegers);
        table.Add("QLinearConv", GuardQuantised, ConvolveQuantised);
    }

    /// <summary>y = conv(x, w) + bias in double precision, x as [n, c, spatial...], w as [m, c / group, kernel...].</summary>
    public static (double[] Values, Shape Shape) Convolve(KernelCall call, double[] x, Shape xShape, double[] w, Shape wShape, double[]? bias)
    {
        (SpatialWindow window, int groups) = Geometry(call, xShape, wShape, bias?.Length);
        int k = wShape[1] * window.KernelCount;
        int rows = wShape[0] / groups;
        int inputSize = wShape[1] * window.InputCount;
        int outputSize = rows * window.OutputCount;
        var y = new double[checked(xShape[0] * groups * outputSize)];
        for (int plane = 0; plane < xShape[0] * groups; plane++)
        {
            int group = plane % groups;
            Span<double> target = y.AsSpan(plane * outputSize, outputSize);
            for (int row = 0; row < rows && bias is not null; row++)
            {
                target.Slice(row * window.OutputCount, window.OutputCount).Fill(bias[(group * rows) + row]);
            }

            int origin = plane * inputSize;
            MatrixProduct.Accumulate(
                rows,
                window.OutputCount,
                k,
                w.AsSpan(group * rows * k, rows * k),
                (column, count, width, panel) => Gather(x.AsSpan(origin, inputSize), window, wShape[1], column, count, width, panel),
                target);
        }

        return (y, new Shape([xShape.Dimensions[0], wShape.Dimensions[0], .. window.OutputDimensions]));
    }

    private static Tensor Convolve(KernelCall call)
    {
        Tensor x = call.Input(0);
        Tensor w = call.Input(1);
        double[]? bias = call.Optional(2) is Tensor b ? Numbers.ToDoubles(b) : null;
        (double[] values, Shape shape) = Convolve(call, Numbers.ToDoubles(x), x.Shape, Numbers.ToDoubles(w), w.Shape, bias);
        return Numbers.FromDoubles(values, x.Element, shape);
    }

    private static Tensor ConvolveIntegers(KernelCall call)
    {
        Tensor x = call.Input(0);
        Tensor w = call.Input(1);
        // Padding stands for the zero point, which is zero once the elements are centred.
        double[] left = Quantisation.Centred(x, call.Optional(2), 0);
        double[] right = Quantisation.Centred(w, call.Optional(3), 0);
        (double[] values, Shape shape) = Convolve(call, left, x.Shape, right, w.Shape, null);
        return Numbers.FromDoubles(values, DataType.Int32, shape);
    }

    private static Tensor ConvolveQuantised(KernelCall call)
    {
        Tensor x = call.Input(0);
        Tensor w = call.Input(3);
        double[] left = Quantisation.Centred(x, call.Input(2), 1);
        double[] right = Quantisation.Centred(w, call.Input(5), 0);
        double[]? bias = call.Optional(8) is Tensor b ? Numbers.ToDoubles(b) : null;
        (double[] sums, Shape shape) = Convolve(call, left, x.Shape, right, w.Shape, bias);
        double xScale = Numbers.ToDouble(call.Input(1));
        double[] wScale = Numbers.ToDoubles(call.Input(4));
        int plane = Indexing.Product(shape, 2, shape.Rank);
        for (int i = 0; i < sums.Length; i++)
        {
            sums[i] *= xScale * wScale[wScale.Length == 1 ? 0 : i / plane % shape[1]];
        }

        return Quantisation.Quantise(sums, shape, call.Input(6), call.Input(7), 1);
    }

    private static Tensor Transposed(KernelCall call)
    {
        Tensor x = call.Input(0);
        Tensor w = call.Input(1);
        (SpatialWindow window, int groups) = Unplaced(call);
        PlaceTransposed(call, window);
        int depth = w.Shape[0] / groups;
        int maps = w.Shape[1];
        int rows = maps * window.KernelCount;
        double[] values = Numbers.ToDoubles(x);
        double[] weights = Numbers.ToDoubles(w);
        double[]? bias = call.Optional(2) is Tensor b ? Numbers.ToDoubles(b) : null;
        int outputSize = maps * window.OutputCount;
        var y = new double[checked(x.Shape[0] * groups * outputSize)];
        for (int plane = 0; plane < x.Shape[0] * groups; plane++)
        {
            int group = plane % groups;
            // What every input position contributes to each tap of the kernel, then added up where the taps land.
            double[] taps = new double[rows * window.InputCount];
            var turned = new double[rows * depth];
            for (int row = 0; row < rows; row++)
            {
                for (int channel = 0; channel < depth; channel++)
                {
                    turned[(row * depth) + channel] = weights[(((group * depth) + channel) * rows) + row];
                }
            }

            MatrixProduct.ColumnSource columns = MatrixProduct.Strided(values, plane * depth * window.InputCount, window.InputCount, 1, depth);
            MatrixProduct.Accumulate(rows, window.InputCount, depth, turned, columns, taps);
            Scatter(taps, window, maps, y.AsSpan(plane * outputSize, outputSize));
        }

        var shape = new Shape([x.Shape.Dimensions[0], maps * groups, .. window.OutputDimensions]);
        for (int i = 0; i < y.Length && bias is not null; i++)
        {
            y[i] += bias[i / window.OutputCount % (maps * groups)];
        }

        return Numbers.FromDoubles(y, x.Element, shape);
    }

    private static void PlaceTransposed(NodeFacts node, SpatialWindow window)
    {
        int lead = 3 - window.Rank;
        long[] extra = node.Ints("output_padding") ?? new long[window.Rank];
        long[]? wanted = node.Ints("output_shape");
        string autoPad = node.Text("auto_pad", "NOTSET");
        if (extra.Length != window.Rank || (wanted is not null && wanted.Length < window.Rank))
        {
            throw node.Malformed("output_padding and output_shape need one number for each spatial axis");
        }

        if (extra.Any(static more => more < 0))
        {
            throw node.Malformed("output_padding must not be negative");
        }

        for (int axis = lead; axis < 3; axis++)
        {
            int full = checked((window.Stride[axis] * (window.Input[axis] - 1)) + (int)extra[axis - lead] + window.Span(axis));
            bool same = autoPad is "SAME_UPPER" or "SAME_LOWER";
            if (wanted is null && !same)
            {
                window.Output[axis] = full - window.Begin[axis] - window.End[axis];
            }
            else
            {
                // Some exporters list batch and channels as well; the spatial extents are the last ones.
                window.Output[axis] = wanted is null
                    ? checked(window.Input[axis] * window.Stride[axis])
                    : checked((int)wanted[wanted.Length - window.Rank + axis - lead]);
                int total = Math.Max(0, full - window.Output[axis]);
                window.Begin[axis] = autoPad == "SAME_UPPER" ? total / 2 : total - (total / 2);
                window.End[axis] = total - window.Begin[axis];
            }

            if (window.Output[axis] < 1)
            {
                throw node.Malformed("the padding leaves nothing of the result");
            }
        }
    }

    /// <summary>
    /// Copies what the kernel sees from some output positions into the columns of a panel; rows are channel, then kernel tap; padding stays zero.
    /// </summary>
    private static void Gather(ReadOnlySpan<double> x, SpatialWindow s, int channels, int column, int count, int width, Span<double> panel)
    {
        Span<int> depth = stackalloc int[count], height = stackalloc int[count], across = stackalloc int[count];
        for (int j = 0; j < count; j++)
        {
            int position = column + j;
            across[j] = (position % s.Output[2] * s.Stride[2]) - s.Begin[2];
            height[j] = (position / s.Output[2] % s.Output[1] * s.Stride[1]) - s.Begin[1];
            depth[j] = (position / s.Output[2] / s.Output[1] * s.Stride[0]) - s.Begin[0];
        }

        int inDepth = s.Input[0], inHeight = s.Input[1], inWidth = s.Input[2];
        int row = 0;
        for (int channel = 0; channel < channels; channel++)
        {
            ReadOnlySpan<double> image = x.Slice(channel * s.InputCount, s.InputCount);
            for (int tap = 0; tap < s.KernelCount; tap++, row++)
            {
                int dx = tap % s.Kernel[2] * s.Dilation[2];
                int dy = tap / s.Kernel[2] % s.Kernel[1] * s.Dilation[1];
                int dz = tap / s.Kernel[2] / s.Kernel[1] * s.Dilation[0];
                for (int j = 0; j < count; j++)
                {
                    int iz = depth[j] + dz, iy = height[j] + dy, ix = across[j] + dx;
                    if ((uint)iz < (uint)inDepth && (uint)iy < (uint)inHeight && (uint)ix < (uint)inWidth)
                    {
                        panel[(row * width) + j] = image[(((iz * inHeight) + iy) * inWidth) + ix];
                    }
                }
            }
        }
    }

    private static void Scatter(ReadOnlySpan<double> taps, SpatialWindow s, int maps, Span<double> y)
    {
        for (int row = 0; row < maps * s.KernelCount; row++)
        {
            int tap = row % s.KernelCount;
            int target = row / s.KernelCount * s.OutputCount;
            int dx = (tap % s.Kernel[2] * s.Dilation[2]) - s.Begin[2];
            int dy = (tap / s.Kernel[2] % s.Kernel[1] * s.Dilation[1]) - s.Begin[1];
            int dz = (tap / s.Kernel[2] / s.Kernel[1] * s.Dilation[0]) - s.Begin[0];
            for (int position = 0; position < s.InputCount; position++)
            {
                int ox = (position % s.Input[2] * s.Stride[2]) + dx;
                int oy = (position / s.Input[2] % s.Input[1] * s.Stride[1]) + dy;
                int oz = (position / s.Input[2] / s.Input[1] * s.Stride[0]) + dz;
                if ((uint)oz < (uint)s.Output[0] && (uint)oy < (uint)s.Output[1] && (uint)ox < (uint)s.Output[2])
                {
                    y[target + (((oz * s.Output[1]) + oy) * s.Output[2]) + ox] += taps[(row * s.InputCount) + position];
                }
            }
        }
    }
}
