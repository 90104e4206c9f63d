using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>
/// Sampling at computed coordinates, over any number of spatial axes: along each axis a coordinate becomes a few taps with weights, and a sample is the
/// sum over all combinations of taps. Coordinates of a grid are in the order of the last axis first.
/// </summary>
internal static class GridSampleKernel
{
    private const double CubicCoefficient = -0.75;
    private const int MaxAxes = 8;

    public static void Register(KernelTable table) => table.Add("GridSample", Guard, Run);

    private static void Guard(NodeFacts node)
    {
        Guards.Real(node, 0);
        Guards.Real(node, 1);
        Guards.Choice(node, "mode", "linear", "nearest", "bilinear", "linear", "bicubic", "cubic");
        Guards.Choice(node, "padding_mode", "zeros", "zeros", "border", "reflection");
        Shape x = node.Shape(0);
        Shape grid = node.Shape(1);
        if (x.Rank < 3 || grid.Rank != x.Rank || grid.Dimensions[0] != x.Dimensions[0] || grid.Dimensions[^1] != x.Rank - 2)
        {
            throw node.Malformed($"the grid {grid} does not fit {x}");
        }

        if (node.Opset < 20 && x.Rank != 4)
        {
            throw node.Malformed($"before operator set 20 the data have four axes, not {x.Rank}");
        }

        if (x.Rank - 2 > MaxAxes)
        {
            throw node.Unsupported($"{x.Rank - 2} spatial axes");
        }

        if (x.Dimensions[2..].Contains(0) && grid.Count > 0)
        {
            throw node.Malformed($"there is nothing to sample in {x}");
        }
    }

    private static Tensor Run(KernelCall call)
    {
        Tensor x = call.Input(0);
        Tensor grid = call.Input(1);
        int axes = x.Shape.Rank - 2;
        int[] extents = [.. Enumerable.Range(2, axes).Select(axis => x.Shape[axis])];
        int points = Indexing.Product(grid.Shape, 1, grid.Shape.Rank - 1);
        int plane = Indexing.Product(x.Shape, 2, x.Shape.Rank);
        int channels = x.Shape[1];
        double[] values = Numbers.ToDoubles(x);
        double[] coordinates = Numbers.ToDoubles(grid);
        var shape = new Shape([.. x.Shape.Dimensions[..2], .. grid.Shape.Dimensions[1..^1]]);
        var y = new double[checked((int)shape.Count)];
        var sampler = Sampler.Of(call);
        for (int batch = 0; batch < x.Shape[0]; batch++)
        {
            for (int point = 0; point < points; point++)
            {
                ReadOnlySpan<double> at = coordinates.AsSpan(((batch * points) + point) * axes, axes);
                (int Offset, double Weight)[] taps = [(0, 1)];
                for (int axis = 0; axis < axes; axis++)
                {
                    taps = Combined(taps, sampler.Taps(sampler.Position(at[axes - 1 - axis], extents[axis]), extents[axis]), extents[axis]);
                }

                for (int channel = 0; channel < channels; channel++)
                {
                    double sum = 0;
                    foreach ((int offset, double weight) in taps)
                    {
                        sum += weight * values[(((batch * channels) + channel) * plane) + offset];
                    }

                    y[(((batch * channels) + channel) * points) + point] = sum;
                }
            }
        }

        return Numbers.FromDoubles(y, x.Element, shape);
    }

    private static (int Offset, double Weight)[] Combined((int Offset, double Weight)[] outer, List<(int Offset, double Weight)> inner, int extent)
    {
        var all = new (int Offset, double Weight)[outer.Length * inner.Count];
        for (int i = 0; i < all.Length; i++)
        {
            (int offset, double weight) = outer[i / inner.Count];
            (int next, double factor) = inner[i % inner.Count];
            all[i] = ((offset * extent) + next, weight * factor);
        }

        return all;
    }

    private static double Reflect(double at, int extent, bool corners)
    {
        double low = corners ? 0 : -0.5;
        double high = corners ? extent - 1 : extent - 0.5;
        if (high <= low)
        {
            return 0;
        }

        double folded = Math.Abs(at - low) % (2 * (high - low));
        return low + (folded <= high - low ? folded : (2 * (high - low)) - folded);
    }

    /// <summary>How one axis is read.</summary>
    /// <param name="Corners">Whether -1 and 1 are the centres of the outermost elements instead of their outer edges.</param>
    /// <param name="Radius">How far the kernel reaches; 0 takes the nearest element.</param>
    /// <param name="Kernel">Weight at a distance.</param>
    /// <param name="Padding">What lies outside: zeros, border or reflection.</param>
    /// <param name="Single">Whether the grid holds single precision.</param>
    private sealed record Sampler(bool Corners, int Radius, Func<double, double> Kernel, string Padding, bool Single)
    {
        public static Sampler Of(NodeFacts node)
        {
            (int radius, Func<double, double> kernel) = node.Text("mode", "linear") switch
            {
                "nearest" => (0, static _ => 1.0),
                "bicubic" or "cubic" => (2, ResizeKernels.Cubic(CubicCoefficient)),
                _ => (1, (Func<double, double>)(static v => Math.Max(0, 1 - Math.Abs(v)))),
            };
            return new Sampler(node.Flag("align_corners"), radius, kernel, node.Text("padding_mode", "zeros"), node.Element(1) == DataType.Float32);
        }

        /// <summary>The place that a normalised coordinate means. It is rounded as the grid is, since that decides which element is the nearest.</summary>
        public double Position(double normalised, int extent) => (Single, Corners) switch
        {
            (true, true) => ((float)normalised + 1) / 2 * (extent - 1),
            (true, false) => ((((float)normalised + 1) * extent) - 1) / 2,
            (false, true) => (normalised + 1) / 2 * (extent - 1),
            (false, false) => (((normalised + 1) * extent) - 1) / 2,
        };

        /// <summary>The elements of an axis that a place reads, with their weights.</summary>
        public List<(int Offset, double Weight)> Taps(double place, int extent)
        {
            var taps = new List<(int Offset, double Weight)>(2 * Radius + 1);
            double at = Placed(place, extent);
            at = Radius == 0 ? Math.Round(at, MidpointRounding.ToEven) : at;
            if (!(at > -Radius - 1 && at < extent + Radius))
            {
                // Nothing of the data is near; this also ends what coordinates without a value would begin.
                return taps;
            }

            for (double tap = Math.Ceiling(at - Radius); tap <= at + Radius; tap++)
            {
                double inside = Padding switch
                {
                    "border" => Math.Clamp(tap, 0, extent - 1),
                    "reflection" => Reflect(tap, extent, Corners),
                    _ => tap,
                };
                if (inside >= 0 && inside < extent)
                {
                    taps.Add(((int)inside, Kernel(tap - at)));
                }
            }

            return taps;
        }

        /// <summary>
        /// The coordinate, moved inside where that does not change what is read. A cubic kernel still sees the data from outside the border, so it is
        /// only kept near enough for all its taps to lie on one side of it.
        /// </summary>
        private double Placed(double at, int extent) => Padding switch
        {
            "border" when Radius == 2 => Math.Clamp(at, -2.5, extent + 1.5),
            "border" => Math.Clamp(at, 0, extent - 1),
            "reflection" => Reflect(at, extent, Corners),
            _ => at,
        };
    }
}
