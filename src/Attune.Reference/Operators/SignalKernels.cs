using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>Fourier transforms by their definition, window functions and mel filters.</summary>
internal static class SignalKernels
{
    public static void Register(KernelTable table)
    {
        table.Add("HannWindow", GuardWindow, static call => Window(call, static angle => 0.5 - (0.5 * Math.Cos(angle))));
        table.Add("HammingWindow", GuardWindow, static call => Window(call, static angle => (25.0 / 46) - (21.0 / 46 * Math.Cos(angle))));
        table.Add("BlackmanWindow", GuardWindow, static call => Window(call, static angle => 0.42 - (0.5 * Math.Cos(angle)) + (0.08 * Math.Cos(2 * angle))));
        table.Add("MelWeightMatrix", GuardMel, MelWeights);
        table.Add("DFT", GuardTransform, Transform);
        table.Add("STFT", GuardShortTime, ShortTimeTransform);
    }

    private static void GuardWindow(NodeFacts node)
    {
        Guards.Number(node, 0);
        Guards.One(node, 0);
        RealResult(node);
        if (node.Known(0) is Tensor size && Numbers.ToLong(size) is < 0 or > int.MaxValue)
        {
            throw node.Malformed($"a window of {Numbers.ToLong(node.Known(0)!)} samples makes no sense");
        }
    }

    private static void RealResult(NodeFacts node)
    {
        if (ShapeKernels.TypeOf(node, "output_datatype", DataType.Float32) is DataType.String)
        {
            throw node.Unsupported("elements of String");
        }
    }

    private static void GuardMel(NodeFacts node)
    {
        for (int input = 0; input < 5; input++)
        {
            Guards.Number(node, input);
            Guards.One(node, input);
        }

        RealResult(node);
        foreach (int input in new[] { 0, 1, 2 })
        {
            if (node.Known(input) is Tensor given && Numbers.ToLong(given) < 1)
            {
                throw node.Malformed("bands, length and sample rate must be positive");
            }
        }
    }

    private static void GuardTransform(NodeFacts node)
    {
        Guards.Real(node, 0);
        Guards.NotText(node, 1, 2);
        Guards.One(node, 1);
        Guards.One(node, 2);
        Shape x = node.Shape(0);
        if (x.Rank < 2 || x.Dimensions[^1] is not (1 or 2))
        {
            throw node.Malformed($"the last axis of {x} must hold real and imaginary part");
        }

        if (AxisOf(node) == x.Rank - 1 || (node.Known(1) is Tensor length && Numbers.ToLong(length) is < 1 or > int.MaxValue))
        {
            throw node.Malformed("the transform needs an axis of samples and a positive length");
        }
    }

    /// <summary>The axis of the samples; -1 when it is not known yet.</summary>
    private static int AxisOf(NodeFacts node)
    {
        int rank = node.Shape(0).Rank;
        return node.Opset < 20 ? node.AxisAttribute(1, rank)
            : node.Awaits(2) ? -1
            : node.Axis(node.Known(2) is Tensor given ? Numbers.ToLong(given) : -2, rank);
    }

    private static void GuardShortTime(NodeFacts node)
    {
        Guards.Real(node, 0);
        Guards.Present(node, 2);
        Guards.NotText(node, 1, 2, 3);
        Guards.One(node, 1);
        Guards.One(node, 3);
        Shape x = node.Shape(0);
        if (x.Rank is not (2 or 3) || (x.Rank == 3 && x.Dimensions[2] is not (1 or 2)))
        {
            throw node.Malformed($"{x} is no batch of signals");
        }
    }

    private static Tensor Window(KernelCall call, Func<double, double> function)
    {
        int size = checked((int)Numbers.ToLong(call.Input(0)));
        double period = call.Flag("periodic", absent: true) ? size : size - 1;
        double[] values = [.. Enumerable.Range(0, size).Select(n => function(2 * Math.PI * n / period))];
        return Numbers.FromDoubles(values, ShapeKernels.TypeOf(call, "output_datatype", DataType.Float32), Shape.Of(size));
    }

    private static Tensor MelWeights(KernelCall call)
    {
        int bands = checked((int)Numbers.ToLong(call.Input(0)));
        int length = checked((int)Numbers.ToLong(call.Input(1)));
        long rate = Numbers.ToLong(call.Input(2));
        double low = Mel(Numbers.ToDouble(call.Input(3))), high = Mel(Numbers.ToDouble(call.Input(4)));
        int bins = (length / 2) + 1;
        // Band edges lie evenly on the mel scale; each band is a triangle from one edge over the next to the one after.
        int[] edges = [.. Enumerable.Range(0, bands + 2).Select(i =>
        {
            double frequency = 700 * (Math.Pow(10, (low + (i * (high - low) / (bands + 2))) / 2595) - 1);
            return Math.Clamp((int)Math.Floor((length + 1) * frequency / rate), 0, bins - 1);
        })];
        var weights = new double[bins * bands];
        for (int band = 0; band < bands; band++)
        {
            int left = edges[band], peak = edges[band + 1], right = edges[band + 2];
            for (int bin = left; bin <= peak; bin++)
            {
                weights[(bin * bands) + band] = peak == left ? 1 : (double)(bin - left) / (peak - left);
            }

            for (int bin = peak; bin < right; bin++)
            {
                weights[(bin * bands) + band] = (double)(right - bin) / (right - peak);
            }
        }

        return Numbers.FromDoubles(weights, ShapeKernels.TypeOf(call, "output_datatype", DataType.Float32), Shape.Of(bins, bands));
    }

    private static double Mel(double frequency) => 2595 * Math.Log10(1 + (frequency / 700));

    private static Tensor Transform(KernelCall call)
    {
        Tensor x = call.Input(0);
        int rank = x.Shape.Rank;
        int parts = x.Shape[-1];
        int axis = AxisOf(call);
        int length = call.Optional(1) is Tensor wanted ? checked((int)Numbers.ToLong(wanted)) : x.Shape[axis];
        bool inverse = call.Flag("inverse");
        int bins = call.Flag("onesided") ? (length / 2) + 1 : length;
        double[] values = Numbers.ToDoubles(x);
        (int[] groups, int[] members) = Indexing.Grouped(x.Shape, [axis, rank - 1]);
        var shape = new Shape([.. x.Shape.Dimensions.SetItem(axis, bins).RemoveAt(rank - 1), 2]);
        (int[] targets, int[] slots) = Indexing.Grouped(shape, [axis, rank - 1]);
        var y = new double[checked((int)shape.Count)];
        for (int group = 0; group < groups.Length; group++)
        {
            (double Re, double Im) Sample(int n) => n >= x.Shape[axis] ? (0, 0)
                : (values[groups[group] + members[n * parts]], parts == 2 ? values[groups[group] + members[(n * parts) + 1]] : 0);
            for (int bin = 0; bin < bins; bin++)
            {
                (double re, double im) = Frequency(Sample, length, bin, inverse);
                y[targets[group] + slots[bin * 2]] = re;
                y[targets[group] + slots[(bin * 2) + 1]] = im;
            }
        }

        return Numbers.FromDoubles(y, x.Element, shape);
    }

    private static Tensor ShortTimeTransform(KernelCall call)
    {
        Tensor x = call.Input(0);
        int step = checked((int)Numbers.ToLong(call.Input(1)));
        double[]? window = call.Optional(2) is Tensor shaped ? Numbers.ToDoubles(shaped) : null;
        int length = call.Optional(3) is Tensor given ? checked((int)Numbers.ToLong(given)) : window?.Length ?? 0;
        if (step < 1 || length < 1 || length > x.Shape[1] || (window is not null && window.Length != length))
        {
            throw call.Malformed("the frame must be positive, no longer than the signal and as long as the window");
        }

        int parts = x.Shape.Rank == 3 ? x.Shape[2] : 1;
        int frames = ((x.Shape[1] - length) / step) + 1;
        int bins = call.Flag("onesided", absent: true) ? (length / 2) + 1 : length;
        double[] values = Numbers.ToDoubles(x);
        var y = new double[checked(x.Shape[0] * frames * bins * 2)];
        for (int i = 0; i < y.Length / 2; i++)
        {
            int start = (i / bins / frames * x.Shape[1]) + (i / bins % frames * step);
            (y[2 * i], y[(2 * i) + 1]) = Frequency(
                n =>
                {
                    double weight = window?[n] ?? 1;
                    int at = (start + n) * parts;
                    return (values[at] * weight, parts == 2 ? values[at + 1] * weight : 0);
                },
                length,
                i % bins,
                inverse: false);
        }

        return Numbers.FromDoubles(y, x.Element, Shape.Of(x.Shape[0], frames, bins, 2));
    }

    /// <summary>One term of the discrete Fourier transform: sum_n x[n] e^(-2 pi i n k / N), or its inverse with the factor 1/N.</summary>
    private static (double Re, double Im) Frequency(Func<int, (double Re, double Im)> sample, int length, int bin, bool inverse)
    {
        double re = 0, im = 0;
        for (int n = 0; n < length; n++)
        {
            (double a, double b) = sample(n);
            // The exponent is reduced before the angle is taken, to keep long transforms exact.
            double angle = (inverse ? 2 : -2) * Math.PI * ((long)n * bin % length) / length;
            re += (a * Math.Cos(angle)) - (b * Math.Sin(angle));
            im += (a * Math.Sin(angle)) + (b * Math.Cos(angle));
        }

        return inverse ? (re / length, im / length) : (re, im);
    }
}
