using Attune.Kernels;
using Attune.Reference;

namespace Attune.Runtime.Tests.Plan;

/// <summary>
/// Convolutions of every small geometry: kernels larger than the image, padding on one side only, dilation, strides that leave pixels out, groups of few
/// channels.
/// </summary>
public sealed class ConvolutionTests
{
    [Theory]
    [InlineData(4, 0)]
    [InlineData(8, 1)]
    [InlineData(16, 2)]
    [InlineData(4, 3)]
    [InlineData(8, 4)]
    [InlineData(16, 5)]
    public void Convolutions_compute_what_the_reference_computes(int lanes, int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 5; round++)
        {
            int groups = random.Next(1, 5), height = random.Next(1, 9), width = random.Next(1, 9);
            int channels = groups * random.Next(1, 9);
            var sketch = new NetworkSketch(round);
            long images = random.Next(1, 3);
            string x = sketch.Input("x", images, channels, height, width);
            string[] outputs = [.. Enumerable.Range(0, 8).Select(_ => Convolution(sketch, random, x, [images, channels, height, width], groups))];
            Network network = sketch.Finish(outputs);
            var inputs = new Dictionary<string, Tensor> { ["x"] = sketch.Random(Shape.Of(images, channels, height, width)) };
            IReadOnlyDictionary<string, Tensor> expected = ReferenceExecutor.Run(network, inputs);
            using CompiledModel model = CompiledModel.Compile(
                network, new Dictionary<string, IReadOnlyDictionary<string, string>>(), new ModelOptions { Threads = 1, Lanes = lanes });
            model.Steps.Count(step => step.TaskKey is not null).ShouldBe(8);
            IReadOnlyDictionary<string, Tensor> actual = model.Run(inputs);
            for (int i = 0; i < outputs.Length; i++)
            {
                Closeness.Check(model.Steps.Where(step => step.TaskKey is not null).ElementAt(i).TaskKey!, actual[outputs[i]], expected[outputs[i]]);
            }
        }
    }

    private static string Convolution(NetworkSketch sketch, Random random, string x, long[] shape, int groups)
    {
        while (true)
        {
            bool depthwise = random.Next(4) == 0;
            long group = depthwise ? shape[1] : random.Next(2) == 0 ? groups : 1;
            long channels = depthwise ? shape[1] : group * random.Next(1, 20 / (int)group + 2);
            long[] kernel = [random.Next(1, 6), random.Next(1, 6)];
            long[] strides = [random.Next(1, 4), random.Next(1, 4)];
            long[] dilations = [random.Next(1, 3), random.Next(1, 3)];
            long[] pads = [random.Next(0, 4), random.Next(0, 4), random.Next(0, 4), random.Next(0, 4)];
            long rows = shape[2] + pads[0] + pads[2] - ((kernel[0] - 1) * dilations[0]) - 1;
            long columns = shape[3] + pads[1] + pads[3] - ((kernel[1] - 1) * dilations[1]) - 1;
            if (rows < 0 || columns < 0)
            {
                continue;
            }

            Attributes attributes = Attributes.None.With("kernel_shape", kernel)
                .With("strides", strides)
                .With("dilations", dilations)
                .With("pads", pads)
                .With("group", group)
                .With(FusedOperators.Activation, "none");
            string w = sketch.Constant($"w{random.Next()}", channels, shape[1] / group, kernel[0], kernel[1]);
            string b = sketch.Constant($"b{random.Next()}", channels);
            return sketch.Node(
                FusedOperators.Convolution, [x, w, b, string.Empty], [shape[0], channels, (rows / strides[0]) + 1, (columns / strides[1]) + 1], attributes, 1);
        }
    }
}
