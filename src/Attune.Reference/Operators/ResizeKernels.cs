using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>
/// Resize and Upsample: along every axis each output element is a weighted sum of input elements, so axes are treated one after the other.
/// A kernel function of the distance gives the weights (triangle for linear, Keys' cubic with parameter a); with antialiasing it is stretched.
/// </summary>
internal static class ResizeKernels
{
    // Below, the stretched kernel would have millions of taps.
    private const double SmallestAntialiased = 1.0 / (1 << 20);

    public static void Register(KernelTable table)
    {
        table.Add("Resize", Guard, Resize);
        table.Add("Upsample", Guard, Resize);
    }

    private static void Guard(NodeFacts node)
    {
        Guards.Present(node, 1);
        string mode = Guards.Choice(node, "mode", "nearest", "nearest", "linear", "bilinear", "trilinear", "cubic");
        if (mode != "nearest")
        {
            Guards.Number(node, 0);
        }
        else if (node.Opset >= 11)
        {
            Guards.Choice(node, "nearest_mode", "round_prefer_floor", "round_prefer_floor", "round_prefer_ceil", "floor", "ceil");
        }

        if (ResizePlan.Of(node) is ResizePlan plan
            && mode != "nearest"
            && node.Flag("antialias")
            && plan.Scales.Any(static scale => scale < SmallestAntialiased))
        {
            throw node.Malformed($"a scale of {plan.Scales.Min()} is too small to be antialiased");
        }
    }

    private static Tensor Resize(KernelCall call)
    {
        Tensor x = call.Input(0);
        ResizePlan plan = ResizePlan.Of(call)!;
        return call.Text("mode", "nearest") switch
        {
            "nearest" => Nearest(call, x, plan),
            "cubic" => Interpolate(call, x, plan, 2, Cubic(call.Float("cubic_coeff_a", -0.75f))),
            _ => Interpolate(call, x, plan, 1, static v => Math.Max(0, 1 - Math.Abs(v))),
        };
    }

    /// <summary>Keys' cubic convolution kernel.</summary>
    public static Func<double, double> Cubic(double a) => v => Math.Abs(v) switch
    {
        <= 1 and double d => ((a + 2) * d * d * d) - ((a + 3) * d * d) + 1,
        < 2 and double d => (a * d * d * d) - (5 * a * d * d) + (8 * a * d) - (4 * a),
        _ => 0,
    };

    private static Tensor Nearest(KernelCall call, Tensor x, ResizePlan plan)
    {
        int[][] coordinates = LayoutKernels.Everything(x.Shape);
        for (int axis = 0; axis < coordinates.Length; axis++)
        {
            if (plan.IsIdentity(axis))
            {
                continue;
            }

            int extent = x.Shape[axis];
            // Before operator set 11 there was no choice: pixels are repeated by rounding down, and left out by rounding up.
            string mode = call.Opset >= 11 ? call.Text("nearest_mode", "round_prefer_floor") : plan.Scales[axis] < 1 ? "ceil" : "floor";
            coordinates[axis] = [.. Enumerable.Range(0, plan.Extents[axis]).Select(output =>
            {
                double at = plan.Source(axis, output);
                if (plan.Outside(axis, at))
                {
                    return -1;
                }

                double rounded = mode switch
                {
                    "round_prefer_floor" => Math.Ceiling(at - 0.5),
                    "round_prefer_ceil" => Math.Floor(at + 0.5),
                    "floor" => Math.Floor(at),
                    _ => Math.Ceiling(at),
                };
                return (int)Math.Clamp(rounded, 0, extent - 1);
            })];
        }

        Tensor fill = Numbers.Convert(Tensor.Scalar(call.Float("extrapolation_value", 0)), x.Element);
        return LayoutKernels.Cross(x, coordinates, fill);
    }

    private static Tensor Interpolate(KernelCall call, Tensor x, ResizePlan plan, double radius, Func<double, double> kernel)
    {
        bool excludeOutside = call.Flag("exclude_outside");
        bool antialias = call.Flag("antialias");
        double[] values = Numbers.ToDoubles(x);
        Shape shape = x.Shape;
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            if (plan.IsIdentity(axis))
            {
                continue;
            }

            int extent = shape[axis];
            double stretch = antialias ? Math.Min(1, plan.Scales[axis]) : 1;
            var taps = new (int Index, double Weight)[plan.Extents[axis]][];
            for (int output = 0; output < taps.Length; output++)
            {
                double at = plan.Source(axis, output);
                taps[output] = Taps(at, extent, radius, stretch, kernel, excludeOutside);
            }

            values = Along(values, shape, axis, taps);
            shape = new Shape(shape.Dimensions.SetItem(axis, plan.Extents[axis]));
        }

        Extrapolate(call, plan, values, shape);
        return Numbers.FromDoubles(values, x.Element, shape);
    }

    private static (int Index, double Weight)[] Taps(double at, int extent, double radius, double stretch, Func<double, double> kernel, bool excludeOutside)
    {
        var taps = new List<(int Index, double Weight)>();
        double sum = 0;
        // Further out than its radius the kernel sees only the border, whatever the distance.
        at = Math.Clamp(at, -1 - (radius / stretch), extent + (radius / stretch));
        for (double i = Math.Ceiling(at - (radius / stretch)); i <= at + (radius / stretch); i++)
        {
            double weight = kernel((i - at) * stretch);
            if (weight != 0 && (!excludeOutside || (i >= 0 && i < extent)))
            {
                // Beyond the border the outermost element is repeated.
                taps.Add(((int)Math.Clamp(i, 0, extent - 1), weight));
                sum += weight;
            }
        }

        return [.. taps.Select(tap => (tap.Index, tap.Weight / sum))];
    }

    private static double[] Along(double[] values, Shape shape, int axis, (int Index, double Weight)[][] taps)
    {
        int inner = Indexing.Product(shape, axis + 1, shape.Rank);
        int outer = Indexing.Product(shape, 0, axis);
        var result = new double[checked(outer * taps.Length * inner)];
        for (int i = 0; i < outer * taps.Length; i++)
        {
            foreach ((int index, double weight) in taps[i % taps.Length])
            {
                int from = ((i / taps.Length * shape[axis]) + index) * inner;
                for (int j = 0; j < inner; j++)
                {
                    result[(i * inner) + j] += weight * values[from + j];
                }
            }
        }

        return result;
    }

    private static void Extrapolate(KernelCall call, ResizePlan plan, double[] values, Shape shape)
    {
        double fill = call.Float("extrapolation_value", 0);
        long[] strides = shape.Strides();
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            bool[] outside = [.. Enumerable.Range(0, shape[axis]).Select(output => plan.Outside(axis, plan.Source(axis, output)))];
            for (int i = 0; i < values.Length && outside.Contains(true); i++)
            {
                values[i] = outside[i / strides[axis] % shape[axis]] ? fill : values[i];
            }
        }
    }
}
