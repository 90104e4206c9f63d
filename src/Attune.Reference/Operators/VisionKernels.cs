using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>Operators of detection networks: boxes and regions.</summary>
internal static class VisionKernels
{
    private const int MaxSamples = 1 << 12;

    public static void Register(KernelTable table)
    {
        table.Add("NonMaxSuppression", GuardSuppression, NonMaxSuppression);
        table.Add("RoiAlign", GuardRegions, RoiAlign);
    }

    private static void GuardSuppression(NodeFacts node)
    {
        Guards.Number(node, 0);
        Guards.Number(node, 1);
        Guards.NotText(node, 2, 3, 4);
        foreach (int limit in new[] { 2, 3, 4 })
        {
            Guards.One(node, limit);
        }

        Shape boxes = node.Shape(0);
        Shape scores = node.Shape(1);
        if (boxes.Rank != 3
            || scores.Rank != 3
            || boxes.Dimensions[2] != 4
            || boxes.Dimensions[0] != scores.Dimensions[0]
            || boxes.Dimensions[1] != scores.Dimensions[2])
        {
            throw node.Malformed($"boxes {boxes} and scores {scores} do not fit");
        }
    }

    private static void GuardRegions(NodeFacts node)
    {
        Guards.Real(node, 0);
        Guards.Number(node, 1);
        Guards.Index(node, 2);
        Guards.Choice(node, "mode", "avg", "avg", "max");
        Shape x = node.Shape(0);
        Shape regions = node.Shape(1);
        if (x.Rank != 4 || regions.Rank != 2 || regions.Dimensions[1] != 4 || node.Shape(2).Count != regions.Dimensions[0])
        {
            throw node.Malformed($"regions {regions} do not fit {x}");
        }

        if (node.Int("output_height", 1) is < 1 or > int.MaxValue
            || node.Int("output_width", 1) is < 1 or > int.MaxValue
            || node.Int("sampling_ratio", 0) is < 0 or > MaxSamples)
        {
            throw node.Malformed("output_height, output_width or sampling_ratio makes no sense");
        }
    }

    private static Tensor NonMaxSuppression(KernelCall call)
    {
        Tensor boxes = call.Input(0);
        Tensor scores = call.Input(1);
        long max = call.Optional(2) is Tensor limit ? Numbers.ToLong(limit) : 0;
        double overlap = call.Optional(3) is Tensor iou ? Numbers.ToDouble(iou) : 0;
        double min = call.Optional(4) is Tensor threshold ? Numbers.ToDouble(threshold) : double.NegativeInfinity;
        double[] corners = Numbers.ToDoubles(boxes);
        double[] score = Numbers.ToDoubles(scores);
        int count = boxes.Shape[1];
        bool centred = call.Flag("center_point_box");
        var selected = new List<long>();
        for (int row = 0; row < scores.Shape[0] * scores.Shape[1]; row++)
        {
            int batch = row / scores.Shape[1];
            Box[] candidates = [.. Enumerable.Range(0, count).Select(i => Box.Of(corners.AsSpan(((batch * count) + i) * 4, 4), centred))];
            var kept = new List<int>();
            foreach (int i in Enumerable.Range(0, count).Where(i => score[(row * count) + i] > min).OrderByDescending(i => score[(row * count) + i]))
            {
                if (kept.Count < max && !kept.Exists(other => candidates[i].Overlap(candidates[other]) > overlap))
                {
                    kept.Add(i);
                }
            }

            selected.AddRange(kept.SelectMany(i => new long[] { batch, row % scores.Shape[1], i }));
        }

        return Tensor.Of(Shape.Of(selected.Count / 3, 3), selected.ToArray());
    }

    private static Tensor RoiAlign(KernelCall call)
    {
        Tensor x = call.Input(0);
        Tensor regions = call.Input(1);
        long[] batches = Numbers.ToLongs(call.Input(2));
        int height = (int)call.Int("output_height", 1), width = (int)call.Int("output_width", 1);
        long ratio = call.Int("sampling_ratio", 0);
        double scale = call.Float("spatial_scale", 1);
        bool halfPixel = call.Text("coordinate_transformation_mode", call.Opset >= 16 ? "half_pixel" : "output_half_pixel") == "half_pixel";
        bool average = call.Text("mode", "avg") == "avg";
        double[] values = Numbers.ToDoubles(x);
        double[] corners = Numbers.ToDoubles(regions);
        int channels = x.Shape[1], inHeight = x.Shape[2], inWidth = x.Shape[3];
        var shape = Shape.Of(batches.Length, channels, height, width);
        var y = new double[checked((int)shape.Count)];
        double shift = halfPixel ? 0.5 : 0;
        for (int i = 0; i < y.Length; i++)
        {
            int ox = i % width, oy = i / width % height, channel = i / width / height % channels, region = i / width / height / channels;
            double left = (corners[region * 4] * scale) - shift, top = (corners[(region * 4) + 1] * scale) - shift;
            double across = (corners[(region * 4) + 2] * scale) - shift - left, down = (corners[(region * 4) + 3] * scale) - shift - top;
            if (!halfPixel)
            {
                across = Math.Max(across, 1);
                down = Math.Max(down, 1);
            }

            int rows = ratio > 0 ? (int)ratio : (int)Math.Ceiling(down / height), columns = ratio > 0 ? (int)ratio : (int)Math.Ceiling(across / width);
            if (rows > MaxSamples || columns > MaxSamples)
            {
                throw call.Malformed($"region {region} is not of a sensible size");
            }

            int plane = ((GatherKernels.Index(call, batches[region], x.Shape[0]) * channels) + channel) * inHeight * inWidth;
            double total = average ? 0 : double.NegativeInfinity;
            for (int sample = 0; sample < rows * columns; sample++)
            {
                double sy = top + ((oy + (((sample / columns) + 0.5) / rows)) * down / height);
                double sx = left + ((ox + (((sample % columns) + 0.5) / columns)) * across / width);
                double v = Bilinear(values.AsSpan(plane, inHeight * inWidth), inHeight, inWidth, sy, sx);
                total = average ? total + v : Math.Max(total, v);
            }

            y[i] = rows * columns == 0 ? 0 : average ? total / (rows * columns) : total;
        }

        return Numbers.FromDoubles(y, x.Element, shape);
    }

    private static double Bilinear(ReadOnlySpan<double> plane, int height, int width, double y, double x)
    {
        if (y < -1 || y > height || x < -1 || x > width)
        {
            return 0;
        }

        y = Math.Clamp(y, 0, height - 1);
        x = Math.Clamp(x, 0, width - 1);
        int top = (int)y, left = (int)x, bottom = Math.Min(top + 1, height - 1), right = Math.Min(left + 1, width - 1);
        double fy = y - top, fx = x - left;
        return ((1 - fy) * (((1 - fx) * plane[(top * width) + left]) + (fx * plane[(top * width) + right])))
            + (fy * (((1 - fx) * plane[(bottom * width) + left]) + (fx * plane[(bottom * width) + right])));
    }

    /// <summary>A box by its corners, smaller coordinates first.</summary>
    private readonly record struct Box(double Top, double Left, double Bottom, double Right)
    {
        private double Area => (Bottom - Top) * (Right - Left);

        public static Box Of(ReadOnlySpan<double> v, bool centred) => centred
            ? new Box(v[1] - (v[3] / 2), v[0] - (v[2] / 2), v[1] + (v[3] / 2), v[0] + (v[2] / 2))
            : new Box(Math.Min(v[0], v[2]), Math.Min(v[1], v[3]), Math.Max(v[0], v[2]), Math.Max(v[1], v[3]));

        /// <summary>Intersection over union; 0 where either box is empty.</summary>
        public double Overlap(Box other)
        {
            double common = Math.Max(
                0, Math.Min(Bottom, other.Bottom) - Math.Max(Top, other.Top)) * Math.Max(0, Math.Min(Right, other.Right) - Math.Max(Left, other.Left));
            return Area <= 0 || other.Area <= 0 ? 0 : common / (Area + other.Area - common);
        }
    }
}
