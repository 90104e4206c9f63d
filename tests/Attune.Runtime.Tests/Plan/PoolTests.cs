using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Passes;
using Attune.Reference;

namespace Attune.Runtime.Tests.Plan;

/// <summary>Pools as models state them: automatic padding, rounding up, dilation, windows larger than the image, padding on one side.</summary>
public sealed class PoolTests
{
    [Theory]
    [InlineData(4, 0)]
    [InlineData(8, 0)]
    [InlineData(16, 0)]
    [InlineData(4, 3)]
    [InlineData(8, 3)]
    [InlineData(16, 3)]
    public void Pools_compute_what_the_reference_computes(int lanes, int seed)
    {
        var random = new Random((lanes * 100) + seed);
        for (int round = 0; round < 6; round++)
        {
            int channels = random.Next(1, 20), height = random.Next(1, 8), width = random.Next(1, 8);
            var sketch = new NetworkSketch(round);
            string x = sketch.Input("x", 2, channels, height, width);
            string negative = sketch.Node("Sub", [x, sketch.Constant("two", Tensor.Vector(new[] { 2f }))], [2, channels, height, width]);
            string[] outputs = [.. Enumerable.Range(0, 12).Select(
                i => Pool(sketch, random, negative, channels, height, width, i % 2 == 0 ? "MaxPool" : "AveragePool"))];
            Network network = sketch.Finish(outputs);
            var inputs = new Dictionary<string, Tensor> { ["x"] = sketch.Random(Shape.Of(2, channels, height, width)) };
            IReadOnlyDictionary<string, Tensor> expected = ReferenceExecutor.Run(network, inputs);
            using CompiledModel model = CompiledModel.Compile(
                PassPipeline.Default.Run(network),
                new Dictionary<string,
                IReadOnlyDictionary<string,
                string>>(),
                new ModelOptions { Threads = 1, Lanes = lanes });
            model.Steps.ShouldContain(step => step.Operation == "MaxPool");
            IReadOnlyDictionary<string, Tensor> actual = model.Run(inputs);
            foreach (Node node in network.Nodes.Where(node => node.Operator != "Sub"))
            {
                string what = string.Join(' ', node.Attributes.Select(
                    attribute => $"{attribute.Key}={(attribute.Value is ImmutableArray<long> list ? string.Join(',', list) : attribute.Value)}"));
                Closeness.Check($"{node.Operator} {height}x{width} {what}", actual[node.Outputs[0]], expected[node.Outputs[0]]);
            }
        }
    }

    /// <summary>
    /// The window is 3x3, the image 2x2, and padding below and to the right makes one window of it: the largest of four negative numbers, not a zero of the
    /// padding.
    /// </summary>
    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void The_maximum_of_negative_numbers_is_negative_where_the_window_passes_the_edge(int lanes)
    {
        var sketch = new NetworkSketch(1);
        string x = sketch.Input("x", 1, 1, 2, 2);
        Attributes same = Attributes.None.With("kernel_shape", new[] { 3L, 3L }).With("strides", new[] { 2L, 2L }).With("auto_pad", "SAME_UPPER");
        Network network = PassPipeline.Default.Run(sketch.Finish(sketch.Node("MaxPool", [x], [1, 1, 1, 1], same, 12)));
        using CompiledModel model = CompiledModel.Compile(
            network, new Dictionary<string, IReadOnlyDictionary<string, string>>(), new ModelOptions { Threads = 1, Lanes = lanes });
        var y = new float[1];
        model.Run([-7, -5, -6, -8], y);
        y[0].ShouldBe(-5);
    }

    private static string Pool(NetworkSketch sketch, Random random, string x, int channels, int height, int width, string op)
    {
        while (true)
        {
            long[] kernel = [random.Next(1, 6), random.Next(1, 6)];
            long[] strides = [random.Next(1, 4), random.Next(1, 4)];
            long[] dilations = random.Next(4) == 0 ? [random.Next(1, 3), random.Next(1, 3)] : [1, 1];
            long[] pads = [random.Next((int)kernel[0]), random.Next((int)kernel[1]), random.Next((int)kernel[0]), random.Next((int)kernel[1])];
            string auto = random.Next(3) == 0 ? random.Next(2) == 0 ? "SAME_UPPER" : "SAME_LOWER" : "NOTSET";
            bool ceil = random.Next(2) == 0;
            long[] extents = [height, width];
            long[] results = [.. Enumerable.Range(0, 2).Select(
                axis => Windows(extents[axis], kernel[axis], strides[axis], dilations[axis], pads[axis], pads[axis + 2], auto, ceil))];
            if (results.Min() < 1)
            {
                continue;
            }

            Attributes attributes = Attributes.None.With("kernel_shape", kernel).With("strides", strides).With("dilations", dilations).With("ceil_mode", ceil);
            attributes = auto == "NOTSET" ? attributes.With("pads", pads) : attributes.With("auto_pad", auto);
            attributes = op == "AveragePool" ? attributes.With("count_include_pad", random.Next(2)) : attributes;
            return sketch.Node(op, [x], [2, channels, results[0], results[1]], attributes, 19);
        }
    }

    /// <summary>Window positions along an axis, as ONNX defines them since operator set 19; 0 when there are none.</summary>
    private static long Windows(long extent, long kernel, long stride, long dilation, long before, long after, string auto, bool ceil)
    {
        if (auto != "NOTSET")
        {
            return (extent + stride - 1) / stride;
        }

        long room = extent + before + after - (((kernel - 1) * dilation) + 1);
        if (room < 0)
        {
            return 0;
        }

        long windows = ((room + (ceil ? stride - 1 : 0)) / stride) + 1;
        return ceil && (windows - 1) * stride >= extent + before ? windows - 1 : windows;
    }
}
