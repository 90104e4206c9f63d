using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>Where every output coordinate of a Resize lies in its input, from the operator's scales, sizes, region and coordinate mode.</summary>
internal sealed class ResizePlan
{
    private readonly Shape input;
    private readonly string mode;
    private readonly double[] begins;
    private readonly double[] ends;

    private ResizePlan(string mode, Shape input)
    {
        this.input = input;
        this.mode = mode;
        Extents = [.. Enumerable.Range(0, input.Rank).Select(axis => input[axis])];
        Scales = [.. Enumerable.Repeat(1.0, input.Rank)];
        begins = new double[input.Rank];
        ends = [.. Enumerable.Repeat(1.0, input.Rank)];
    }

    /// <summary>Output extents.</summary>
    public int[] Extents { get; }

    /// <summary>Output extent over input extent, as given or as it follows from sizes.</summary>
    public double[] Scales { get; }

    /// <summary>The plan of a node, or null when its scales, sizes or region are not known yet.</summary>
    public static ResizePlan? Of(NodeFacts node)
    {
        // Operator set 10 and Upsample have scales as second input, Upsample of set 7 as attribute; from 11 on a region comes first.
        bool modern = node.Node.Operator == "Resize" && node.Opset >= 11;
        string coordinates = node.Opset < 11
            ? "asymmetric"
            : Guards.Choice(
                node,
                "coordinate_transformation_mode",
                "half_pixel",
                "half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "tf_half_pixel_for_nn", "asymmetric", "align_corners", "tf_crop_and_resize");
        int scalesAt = modern ? 2 : 1;
        bool crops = coordinates == "tf_crop_and_resize";
        Guards.NotText(node, 1, 2, 3);
        if (node.Awaits(scalesAt) || (modern && node.Awaits(3)) || (crops && node.Awaits(1)))
        {
            return null;
        }

        var plan = new ResizePlan(coordinates, node.Shape(0));
        plan.Place(node, scalesAt, modern, crops);
        return plan;
    }

    /// <summary>
    /// True when the axis is copied as it is. Where nothing is resized nothing moves either, whatever the coordinate mode says about half pixels.
    /// </summary>
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
        return mode switch
        {
            "half_pixel" => ((output + 0.5) / scale) - 0.5,
            "half_pixel_symmetric" => (extent / 2 * (1 - (Extents[axis] / length))) + ((output + 0.5) / scale) - 0.5,
            "pytorch_half_pixel" => Extents[axis] == 1 ? 0 : ((output + 0.5) / scale) - 0.5,
            "tf_half_pixel_for_nn" => (output + 0.5) / scale,
            "asymmetric" => output / scale,
            "align_corners" => length <= 1 ? 0 : output * (extent - 1) / (length - 1),
            _ => Extents[axis] > 1
                ? (begins[axis] * (extent - 1)) + (output * (ends[axis] - begins[axis]) * (extent - 1) / (Extents[axis] - 1))
                : 0.5 * (begins[axis] + ends[axis]) * (extent - 1),
        };
    }

    private void Place(NodeFacts node, int scalesAt, bool modern, bool crops)
    {
        double[]? scales = node.Known(scalesAt) is Tensor { Count: > 0 } given
            ? Numbers.ToDoubles(given)
            : node.Attributes.Floats("scales")?.Select(static v => (double)v).ToArray();
        long[]? sizes = modern && node.Known(3) is Tensor { Count: > 0 } wanted ? Numbers.ToLongs(wanted) : null;
        int[] axes = node.Ints("axes") is long[] some ? node.Axes(some, input.Rank) : [.. Enumerable.Range(0, input.Rank)];
        if ((sizes?.Length ?? scales?.Length) != axes.Length || (sizes is not null && scales is not null))
        {
            throw node.Malformed($"either scales or sizes must have one number for each of {axes.Length} axes");
        }

        if (sizes is not null ? sizes.Any(static size => size < 0) : scales!.Any(static scale => !(scale > 0) || double.IsInfinity(scale)))
        {
            throw node.Malformed("scales and sizes must be positive");
        }

        if (crops)
        {
            double[] region = node.Known(1) is Tensor known ? Numbers.ToDoubles(known) : [];
            if (region.Length != 2 * axes.Length)
            {
                throw node.Malformed($"the region needs {2 * axes.Length} numbers, not {region.Length}");
            }

            for (int i = 0; i < axes.Length; i++)
            {
                begins[axes[i]] = region[i];
                ends[axes[i]] = region[i + axes.Length];
            }
        }

        for (int i = 0; i < axes.Length; i++)
        {
            int axis = axes[i];
            Scales[axis] = sizes is null ? scales![i] : input[axis] == 0 ? 1 : (double)sizes[i] / input[axis];
            // Scales and region are single precision, and so is the product that the definition rounds down.
            double extent = sizes is null ? MathF.Floor(input[axis] * (float)(ends[axis] - begins[axis]) * (float)scales![i]) : sizes[i];
            Extents[axis] = extent is >= 0 and <= int.MaxValue ? (int)extent : throw node.Malformed($"axis {axis} would have the extent {extent}");
        }

        if (sizes is not null
            && Guards.Choice(node, "keep_aspect_ratio_policy", "stretch", "stretch", "not_larger", "not_smaller") is string policy and not "stretch")
        {
            double common = policy == "not_larger" ? axes.Min(axis => Scales[axis]) : axes.Max(axis => Scales[axis]);
            foreach (int axis in axes)
            {
                Scales[axis] = common;
                Extents[axis] = checked((int)Math.Floor((common * input[axis]) + 0.5));
            }
        }

        if (Enumerable.Range(0, input.Rank).Any(axis => Extents[axis] > 0 && (input[axis] == 0 || !(Scales[axis] > 0))))
        {
            throw node.Malformed($"{input} cannot become {string.Join('x', Extents)}");
        }
    }
}
