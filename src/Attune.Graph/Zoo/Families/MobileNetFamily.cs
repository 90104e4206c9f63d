using Attune.Graph.Building;
using Attune.Kernels;

namespace Attune.Graph.Zoo.Families;

/// <summary>
/// Networks in the manner of MobileNet v2 (Sandler et al., CVPR 2018) whose sizes are free: what a design space of such networks builds. Batch norms are folded
/// already, as exporters for inference do; rectifiers are bounded by six. Weights are seeded, or absent for those who only ask which kernels a network consists
/// of.
/// </summary>
public static class MobileNetFamily
{
    private const int Image = 3;

    /// <summary>Builds a network with seeded weights: equal seeds give equal weights everywhere.</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <exception cref="ArgumentException">A size is out of its range, or the image is too small for the strides; the message says which.</exception>
    public static Network Build(MobileNetShape shape, int seed = 0) => new Construction(shape, new SeededWeights(seed)).Run();

    /// <summary>Builds a network whose weights have shapes but no elements: enough for passes, tasks and memory plans, not for running.</summary>
    /// <param name="shape">Sizes.</param>
    /// <exception cref="ArgumentException">As for <see cref="Build"/>.</exception>
    public static Network Sketch(MobileNetShape shape) => new Construction(shape, null).Run();

    private sealed class Construction(MobileNetShape shape, SeededWeights? weights)
    {
        private readonly NetworkBuilder builder = new(shape.Name, opset: 13);

        public Network Run()
        {
            Check();
            builder.Constant("zero", Tensor.Scalar(0f));
            builder.Constant("six", Tensor.Scalar(6f));
            string x = builder.Input("input", shape.Batch, Image, shape.Resolution, shape.Resolution);
            x = Rectified("stem", Convolution("stem", x, shape.Stem, 3, 2, 1));
            foreach (MobileNetBlock block in shape.Blocks)
            {
                x = Block(block, x);
            }

            if (shape.Head > 0)
            {
                x = Rectified("head", Convolution("head", x, shape.Head, 1, 1, 1));
            }

            x = builder.Add("GlobalAveragePool", "pool", [x]);
            x = builder.Add("Flatten", "flatten", [x], ("axis", 1));
            long features = builder.TypeOf(x).Shape.Dimensions[1];
            string[] operands = [x, Weights("classifier.weight", MathF.Sqrt(1f / features), shape.Classes, features), Bias("classifier.bias", shape.Classes)];
            builder.Output(builder.Add("Gemm", "classifier", operands, ("transB", 1)));
            return builder.Build();
        }

        private string Block(MobileNetBlock block, string x)
        {
            long before = Channels(x);
            long wide = Math.Max(1, (long)Math.Round(before * block.Expansion, MidpointRounding.AwayFromZero));
            string y = wide == before ? x : Rectified($"{block.Name}.expand", Convolution($"{block.Name}.expand", x, wide, 1, 1, 1));
            y = Rectified($"{block.Name}.depthwise", Convolution($"{block.Name}.depthwise", y, wide, block.Kernel, block.Stride, wide));
            y = Convolution($"{block.Name}.project", y, block.Channels, 1, 1, 1);
            return block.Stride == 1 && before == block.Channels ? builder.Add("Add", $"{block.Name}.add", [x, y]) : y;
        }

        private string Convolution(string name, string x, long channels, int kernel, int stride, long group)
        {
            long fanIn = Channels(x) / group;
            long pad = kernel / 2;
            long rows = builder.TypeOf(x).Shape.Dimensions[2];
            if (rows + (2 * pad) < kernel || rows < 1)
            {
                throw new ArgumentException(
                    $"{shape.Name}: the image has shrunk to {rows} rows before '{name}', which needs {kernel}: fewer strides or a higher resolution.",
                    nameof(shape));
            }

            string[] operands = [x, Weights(
                $"{name}.weight", MathF.Sqrt(2f / (fanIn * kernel * kernel)), channels, fanIn, kernel, kernel), Bias($"{name}.bias", channels)];
            return builder.Add(
                "Conv",
                name,
                operands,
                ("kernel_shape", new long[] { kernel, kernel }),
                ("strides", new long[] { stride, stride }),
                ("pads", new[] { pad, pad, pad, pad }),
                ("dilations", new long[] { 1, 1 }),
                ("group", group));
        }

        private string Rectified(string name, string x) => builder.Add("Clip", $"{name}.relu", [x, "zero", "six"]);

        private string Weights(string name, float deviation, params ReadOnlySpan<long> extents) =>
            builder.Constant(name, weights is null ? Absent(Shape.Of(extents)) : weights.Normal(name, deviation, extents));

        // Passes look at biases, which are short, so a sketch has them.
        private string Bias(string name, long count) =>
            builder.Constant(name, weights is null ? Tensor.Zeros(DataType.Float32, Shape.Of(count)) : weights.Uniform(name, -0.05f, 0.05f, count));

        private static Tensor Absent(Shape shape) => Tensor.Of(DataType.Float32, shape, new AbsentWeights(checked((int)shape.Count)));

        private long Channels(string x) => builder.TypeOf(x).Shape.Dimensions[1];

        private void Check()
        {
            var problems = new List<string>();
            Require(shape.Resolution >= 8, $"the resolution {shape.Resolution} is below 8");
            Require(shape.Batch >= 1, $"the batch {shape.Batch} is below 1");
            Require(shape.Stem >= 1, $"the stem has {shape.Stem} channels");
            Require(shape.Head >= 0, $"the head has {shape.Head} channels");
            Require(shape.Classes >= 1, $"there are {shape.Classes} classes");
            Require(shape.Blocks.Length >= 1, "there is no block");
            foreach (MobileNetBlock block in shape.Blocks)
            {
                Require(block.Channels >= 1, $"{block.Name} has {block.Channels} channels");
                Require(block.Kernel >= 1 && block.Kernel % 2 == 1, $"the kernel {block.Kernel} of {block.Name} is not odd");
                Require(block.Expansion > 0 && double.IsFinite(block.Expansion), $"the expansion {block.Expansion} of {block.Name} is not above 0");
                Require(block.Stride >= 1, $"the stride {block.Stride} of {block.Name} is below 1");
            }

            if (problems.Count > 0)
            {
                throw new ArgumentException($"{shape.Name} cannot be built: {string.Join("; ", problems)}.", nameof(shape));
            }

            void Require(bool holds, string otherwise)
            {
                if (!holds)
                {
                    problems.Add(otherwise);
                }
            }
        }
    }
}
