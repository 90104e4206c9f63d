namespace Attune.Kernels.Reference;

/// <summary>Operators of detection networks: boxes, regions and sampling at computed coordinates.</summary>
internal static class VisionKernels
{
    private const int MostSamples = 1 << 12;

    public static void Register(KernelTable table)
    {
        table.Add("NonMaxSuppression", NonMaxSuppression);
        table.Add("RoiAlign", RoiAlign);
        table.Add("GridSample", GridSample);
    }

    private static Tensor NonMaxSuppression(KernelCall call)
    {
        Tensor boxes = call.Input(0);
        Tensor scores = call.Input(1);
        if (boxes.Shape.Rank != 3 || scores.Shape.Rank != 3 || boxes.Shape[2] != 4 || boxes.Shape[0] != scores.Shape[0] || boxes.Shape[1] != scores.Shape[2])
        {
            throw call.Malformed($"boxes {boxes.Shape} and scores {scores.Shape} do not fit");
        }

        long most = call.Optional(2) is Tensor limit ? Numbers.ToLong(limit) : 0;
        double overlap = call.Optional(3) is Tensor iou ? Numbers.ToDouble(iou) : 0;
        double least = call.Optional(4) is Tensor threshold ? Numbers.ToDouble(threshold) : double.NegativeInfinity;
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
            foreach (int i in Enumerable.Range(0, count).Where(i => score[(row * count) + i] > least).OrderByDescending(i => score[(row * count) + i]))
            {
                if (kept.Count < most && !kept.Exists(other => candidates[i].Overlap(candidates[other]) > overlap))
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
        if (x.Shape.Rank != 4 || regions.Shape.Rank != 2 || regions.Shape[1] != 4 || batches.Length != regions.Shape[0])
        {
            throw call.Malformed($"regions {regions.Shape} do not fit {x.Shape}");
        }

        int height = checked((int)call.Int("output_height", 1)), width = checked((int)call.Int("output_width", 1));
        long ratio = call.Int("sampling_ratio", 0);
        double scale = call.Float("spatial_scale", 1);
        bool halfPixel = call.Text("coordinate_transformation_mode", call.Opset >= 16 ? "half_pixel" : "output_half_pixel") == "half_pixel";
        bool average = call.Text("mode", "avg") switch { "avg" => true, "max" => false, string other => throw call.Malformed($"mode '{other}' is unknown") };
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
            if (rows > MostSamples || columns > MostSamples)
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

    private static Tensor GridSample(KernelCall call)
    {
        Tensor x = call.Input(0);
        Tensor grid = call.Input(1);
        if (x.Shape.Rank != 4)
        {
            throw call.Unsupported($"data of rank {x.Shape.Rank}");
        }

        if (grid.Shape.Rank != 4 || grid.Shape[3] != 2 || grid.Shape[0] != x.Shape[0])
        {
            throw call.Malformed($"the grid {grid.Shape} does not fit {x.Shape}");
        }

        bool corners = call.Flag("align_corners");
        string padding = call.Text("padding_mode", "zeros");
        (int radius, Func<double, double> kernel) = call.Text("mode", call.Opset >= 20 ? "linear" : "bilinear") switch
        {
            "nearest" => (0, static _ => 1.0),
            "bilinear" or "linear" => (1, static v => Math.Max(0, 1 - Math.Abs(v))),
            "bicubic" or "cubic" => (2, ResizeKernels.Cubic(-0.75)),
            string other => throw call.Unsupported($"mode '{other}'"),
        };
        double[] values = Numbers.ToDoubles(x);
        double[] coordinates = Numbers.ToDoubles(grid);
        int channels = x.Shape[1], height = x.Shape[2], width = x.Shape[3], points = grid.Shape[1] * grid.Shape[2];
        var shape = new Shape([x.Shape.Dimensions[0], channels, grid.Shape.Dimensions[1], grid.Shape.Dimensions[2]]);
        var y = new double[checked((int)shape.Count)];
        for (int i = 0; i < y.Length; i++)
        {
            int point = ((i / points / channels * points) + (i % points)) * 2;
            double px = Pad(call, padding, Denormalise(coordinates[point], width, corners), width, corners);
            double py = Pad(call, padding, Denormalise(coordinates[point + 1], height, corners), height, corners);
            if (radius == 0)
            {
                px = Math.Round(px, MidpointRounding.ToEven);
                py = Math.Round(py, MidpointRounding.ToEven);
            }

            if (!(px > -radius - 1 && px < width + radius && py > -radius - 1 && py < height + radius))
            {
                // Nothing of the data is near; also keeps infinite and undefined coordinates out of the loops.
                continue;
            }

            int plane = i / points * height * width;
            for (double iy = Math.Ceiling(py - radius); iy <= py + radius; iy++)
            {
                for (double ix = Math.Ceiling(px - radius); ix <= px + radius; ix++)
                {
                    double sx = Pad(call, padding, ix, width, corners), sy = Pad(call, padding, iy, height, corners);
                    if (sx >= 0 && sy >= 0 && sx < width && sy < height)
                    {
                        y[i] += kernel(ix - px) * kernel(iy - py) * values[plane + ((int)sy * width) + (int)sx];
                    }
                }
            }
        }

        return Numbers.FromDoubles(y, x.Element, shape);
    }

    private static double Denormalise(double v, int extent, bool corners) => corners ? (v + 1) / 2 * (extent - 1) : (((v + 1) * extent) - 1) / 2;

    private static double Pad(KernelCall call, string padding, double at, int extent, bool corners)
    {
        switch (padding)
        {
            case "zeros":
                return at;
            case "border":
                return Math.Clamp(at, 0, extent - 1);
            case "reflection":
                double low = corners ? 0 : -0.5;
                double high = corners ? extent - 1 : extent - 0.5;
                if (high <= low)
                {
                    return 0;
                }

                double folded = Math.Abs(at - low) % (2 * (high - low));
                return low + (folded <= high - low ? folded : (2 * (high - low)) - folded);
            default:
                throw call.Malformed($"padding_mode '{padding}' is unknown");
        }
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
            double common = Math.Max(0, Math.Min(Bottom, other.Bottom) - Math.Max(Top, other.Top)) * Math.Max(0, Math.Min(Right, other.Right) - Math.Max(Left, other.Left));
            return Area <= 0 || other.Area <= 0 ? 0 : common / (Area + other.Area - common);
        }
    }
}
