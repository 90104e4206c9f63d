namespace Attune.Kernels.Reference;

/// <summary>Where every output coordinate of a Resize lies in its input, from the operator's scales, sizes, region and coordinate mode.</summary>
internal sealed class ResizePlan
{
    private readonly KernelCall call;
    private readonly Shape input;
    private readonly string mode;
    private readonly double[] begins;
    private readonly double[] ends;

    private ResizePlan(KernelCall call, Shape input)
    {
        this.call = call;
        this.input = input;
        mode = call.Opset < 11 ? "asymmetric" : call.Text("coordinate_transformation_mode", "half_pixel");
        Extents = [.. Enumerable.Range(0, input.Rank).Select(axis => input[axis])];
        Scales = [.. Enumerable.Repeat(1.0, input.Rank)];
        begins = new double[input.Rank];
        ends = [.. Enumerable.Repeat(1.0, input.Rank)];
    }

    /// <summary>Output extents.</summary>
    public int[] Extents { get; }

    /// <summary>Output extent over input extent, as given or as it follows from sizes.</summary>
    public double[] Scales { get; }

    public static ResizePlan Of(KernelCall call, Shape input)
    {
        var plan = new ResizePlan(call, input);
        // Operator set 10 and Upsample have scales as second input, Upsample of set 7 as attribute; from 11 on a region comes first.
        bool modern = call.Node.Operator == "Resize" && call.Opset >= 11;
        double[]? scales = call.Optional(modern ? 2 : 1) is Tensor { Count: > 0 } given
            ? Numbers.ToDoubles(given)
            : call.Attributes.Floats("scales")?.Select(static v => (double)v).ToArray();
        long[]? sizes = modern && call.Optional(3) is Tensor { Count: > 0 } wanted ? Numbers.ToLongs(wanted) : null;
        int[] axes = call.Ints("axes") is long[] some ? call.Axes(some, input.Rank) : [.. Enumerable.Range(0, input.Rank)];
        if ((scales ?? sizes?.Select(static v => (double)v))?.Count() != axes.Length)
        {
            throw call.Malformed($"scales or sizes must have one number for each of {axes.Length} axes");
        }

        if (plan.mode == "tf_crop_and_resize")
        {
            double[] region = Numbers.ToDoubles(call.Input(1));
            for (int i = 0; i < axes.Length; i++)
            {
                plan.begins[axes[i]] = region[i];
                plan.ends[axes[i]] = region[i + axes.Length];
            }
        }

        for (int i = 0; i < axes.Length; i++)
        {
            int axis = axes[i];
            plan.Scales[axis] = sizes is null ? scales![i] : (double)sizes[i] / input[axis];
            plan.Extents[axis] = sizes is null
                ? checked((int)Math.Floor(input[axis] * (plan.ends[axis] - plan.begins[axis]) * scales![i]))
                : checked((int)sizes[i]);
        }

        if (sizes is not null && call.Text("keep_aspect_ratio_policy", "stretch") is string policy and not "stretch")
        {
            double common = policy == "not_larger" ? axes.Min(axis => plan.Scales[axis]) : axes.Max(axis => plan.Scales[axis]);
            foreach (int axis in axes)
            {
                plan.Scales[axis] = common;
                plan.Extents[axis] = (int)Math.Floor((common * input[axis]) + 0.5);
            }
        }

        return plan.Extents.Any(static extent => extent < 0) || plan.Scales.Any(static scale => !(scale > 0))
            ? throw call.Malformed("scales and sizes must be positive")
            : plan;
    }

    /// <summary>True when the axis is copied as it is.</summary>
    public bool IsIdentity(int axis) => Scales[axis] == 1 && Extents[axis] == input[axis] && mode != "tf_crop_and_resize";

    /// <summary>True when the coordinate lies outside the data and takes the extrapolation value.</summary>
    public bool Outside(int axis, double at) => mode == "tf_crop_and_resize" && (at < 0 || at > input[axis] - 1);

    /// <summary>Input coordinate of an output coordinate.</summary>
    public double Source(int axis, int output)
    {
        double scale = Scales[axis];
        double extent = input[axis];
        // As in ONNX's own definition, the output length here is not rounded when scales are given.
        double length = scale * extent;
        switch (mode)
        {
            case "half_pixel":
                return ((output + 0.5) / scale) - 0.5;
            case "half_pixel_symmetric":
                return (extent / 2 * (1 - (Extents[axis] / length))) + ((output + 0.5) / scale) - 0.5;
            case "pytorch_half_pixel":
                return Extents[axis] == 1 ? 0 : ((output + 0.5) / scale) - 0.5;
            case "tf_half_pixel_for_nn":
                return (output + 0.5) / scale;
            case "asymmetric":
                return output / scale;
            case "align_corners":
                return length <= 1 ? 0 : output * (extent - 1) / (length - 1);
            case "tf_crop_and_resize":
                return Extents[axis] > 1
                    ? (begins[axis] * (extent - 1)) + (output * (ends[axis] - begins[axis]) * (extent - 1) / (Extents[axis] - 1))
                    : 0.5 * (begins[axis] + ends[axis]) * (extent - 1);
            default:
                throw call.Unsupported($"coordinate mode '{mode}'");
        }
    }
}
