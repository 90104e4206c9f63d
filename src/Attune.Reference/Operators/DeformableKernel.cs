using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>
/// Deformable convolution over images: every tap of the window is moved by an offset of its own for each position, read between pixels with zeros outside, and
/// multiplied by a mask.
/// </summary>
internal static class DeformableKernel
{
    private const int Offset = 2;
    private const int Bias = 3;
    private const int Mask = 4;

    public static void Register(KernelTable table) => table.Add("DeformConv", static node => Geometry(node), Convolve);

    private static (SpatialWindow Window, int Groups, int OffsetGroups) Geometry(NodeFacts node)
    {
        Guards.Real(node, 0);
        Guards.Same(node, 0, 1);
        Guards.Same(node, 0, Offset);
        Shape x = node.Shape(0);
        if (x.Rank != 4)
        {
            throw node.Unsupported($"data of rank {x.Rank}");
        }

        if (node.Has(Bias))
        {
            Guards.Same(node, 0, Bias);
        }

        (SpatialWindow window, int groups) = ConvolutionKernels.Geometry(node, x, node.Shape(1), node.Has(Bias) ? node.Shape(Bias).Count : null);
        long parts = node.Int("offset_group", 1);
        if (parts is < 1 or > int.MaxValue || x.Dimensions[1] % parts != 0)
        {
            throw node.Malformed($"{x.Dimensions[1]} channels do not split into {parts} groups of offsets");
        }

        Shape places = new([x.Dimensions[0], checked(parts * window.KernelCount * 2), .. window.OutputDimensions]);
        if (!node.Shape(Offset).Equals(places))
        {
            throw node.Malformed($"offsets of shape {node.Shape(Offset)} do not fit, {places} is needed");
        }

        if (node.Has(Mask))
        {
            Guards.Same(node, 0, Mask);
            Shape weights = new([x.Dimensions[0], parts * window.KernelCount, .. window.OutputDimensions]);
            if (!node.Shape(Mask).Equals(weights))
            {
                throw node.Malformed($"a mask of shape {node.Shape(Mask)} does not fit, {weights} is needed");
            }
        }

        return (window, groups, (int)parts);
    }

    private static Tensor Convolve(KernelCall call)
    {
        (SpatialWindow window, int groups, int parts) = Geometry(call);
        Tensor x = call.Input(0);
        Tensor w = call.Input(1);
        double[] values = Numbers.ToDoubles(x);
        double[] weights = Numbers.ToDoubles(w);
        double[] offsets = Numbers.ToDoubles(call.Input(Offset));
        double[]? mask = call.Optional(Mask) is Tensor m ? Numbers.ToDoubles(m) : null;
        double[]? bias = call.Optional(Bias) is Tensor b ? Numbers.ToDoubles(b) : null;
        int channels = x.Shape[1];
        int maps = w.Shape[0];
        int perGroup = w.Shape[1];
        int taps = window.KernelCount;
        int positions = window.OutputCount;
        var shape = new Shape([x.Shape.Dimensions[0], maps, .. window.OutputDimensions]);
        double[] y = new double[checked((int)shape.Count)];
        double[] read = new double[channels * taps];
        for (int image = 0; image < x.Shape[0]; image++)
        {
            for (int position = 0; position < positions; position++)
            {
                for (int i = 0; i < read.Length; i++)
                {
                    int tap = i % taps;
                    int moved = (((image * parts) + (i / taps / (channels / parts))) * taps) + tap;
                    double row = Place(window, 1, position / window.Output[2], tap / window.Kernel[2]) + offsets[(moved * 2 * positions) + position];
                    double column = Place(window, 2, position % window.Output[2], tap % window.Kernel[2]) + offsets[(((moved * 2) + 1) * positions) + position];
                    ReadOnlySpan<double> plane = values.AsSpan(((image * channels) + (i / taps)) * window.InputCount, window.InputCount);
                    read[i] = Between(plane, window.Input[1], window.Input[2], row, column) * (mask?[(moved * positions) + position] ?? 1);
                }

                for (int map = 0; map < maps; map++)
                {
                    int first = map / (maps / groups) * perGroup * taps;
                    double sum = bias?[map] ?? 0;
                    for (int i = 0; i < perGroup * taps; i++)
                    {
                        sum += weights[(map * perGroup * taps) + i] * read[first + i];
                    }

                    y[(((image * maps) + map) * positions) + position] = sum;
                }
            }
        }

        return Numbers.FromDoubles(y, x.Element, shape);
    }

    private static double Place(SpatialWindow window, int axis, int at, int tap) =>
        ((double)at * window.Stride[axis]) - window.Begin[axis] + ((double)tap * window.Dilation[axis]);

    private static double Between(ReadOnlySpan<double> plane, int height, int width, double row, double column)
    {
        // Nothing is near; this also ends what offsets without a value would begin.
        if (!(row > -1 && row < height && column > -1 && column < width))
        {
            return 0;
        }

        int top = (int)Math.Floor(row);
        int left = (int)Math.Floor(column);
        double sum = 0;
        for (int corner = 0; corner < 4; corner++)
        {
            int r = top + (corner >> 1);
            int c = left + (corner & 1);
            if (r >= 0 && r < height && c >= 0 && c < width)
            {
                sum += (1 - Math.Abs(row - r)) * (1 - Math.Abs(column - c)) * plane[(r * width) + c];
            }
        }

        return sum;
    }
}
