using System.Collections.Immutable;
using Attune.Compile.Compute;
using Attune.Graph.Building;
using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Measuring.Models;
using Attune.Passes;
using Attune.Reference;
using Attune.Runtime;
using Attune.Runtime.Plan;
using Attune.Runtime.Plan.Verification;

namespace Attune.Compile.Tests.Compute;

/// <summary>Networks of floats whose layers multiply brain floats: right by the reference kernels, near the floats, without needless casts.</summary>
public sealed class BFloat16ComputeTests
{
    private static readonly ImmutableDictionary<string, IReadOnlyDictionary<string, string>> NoConfigurations =
        ImmutableDictionary<string, IReadOnlyDictionary<string, string>>.Empty;

    public static TheoryData<int, string> Cases
    {
        get
        {
            var data = new TheoryData<int, string>();
            foreach (int lanes in new[] { 4, 8, 16 })
            {
                foreach (string name in Networks.Keys)
                {
                    data.Add(lanes, name);
                }
            }

            return data;
        }
    }

    /// <summary>Networks in which a layer stays in floats, since pairs of channels would read one that does not exist.</summary>
    private static ImmutableHashSet<string> Odd { get; } = ["odd channels", "odd matrix", "vectors"];

    /// <summary>Networks, with the layers that must multiply brain floats and the casts that must be left as steps.</summary>
    private static Dictionary<string, (Func<FloatModel, string[]> Build, int Layers, int Casts)> Networks { get; } = new()
    {
        ["convolutions"] = (m => [m.Convolution(m.Node("Relu", [m.Convolution(m.Input(1, 3, 17, 15), 3, 24, 5, 2)]), 24, 40, 3)], 2, 1),
        ["odd channels"] = (m => [m.Convolution(m.Convolution(m.Input(2, 5, 9, 7), 5, 13, 3), 13, 7, 3)], 1, 1),
        ["depthwise"] = (m => [m.Convolution(m.Convolution(m.Convolution(m.Input(2, 20, 9, 8), 20, 20, 1), 20, 20, 3, 1, 20), 20, 33, 1)], 3, 1),
        ["groups"] = (m => [m.Convolution(m.Convolution(m.Input(1, 24, 7, 6), 24, 48, 3, 1, 3), 48, 8, 1)], 2, 1),
        ["residual"] = (m =>
        {
            string x = m.Node("Relu", [m.Convolution(m.Input(1, 16, 8, 8), 16, 32, 3)]);
            string y = m.Node("Relu", [m.Node("Add", [m.Convolution(x, 32, 32, 3), x])]);
            return [m.Convolution(y, 32, 16, 1)];
        }, 3, 1),
        ["sum of two layers"] = (m =>
        {
            string x = m.Convolution(m.Input(1, 16, 8, 8), 16, 32, 3);
            string sum = m.Node("Add", [m.Node("Sigmoid", [m.Convolution(x, 32, 32, 1)]), m.Node("Tanh", [m.Convolution(x, 32, 32, 3)])]);
            return [m.Convolution(m.Node("Mul", [sum, x]), 32, 16, 1)];
        }, 4, 1),
        ["pools"] = (m =>
        {
            string a = m.Pool("MaxPool", m.Convolution(m.Input(1, 16, 16, 14), 16, 32, 3), 3, 2, 1);
            string b = m.Pool("AveragePool", a, 2, 2, 1);
            return [m.Convolution(m.Node("GlobalAveragePool", [m.Convolution(b, 32, 48, 1)]), 48, 10, 1)];
        }, 3, 1),
        ["concatenation"] = (m =>
        {
            string x = m.Convolution(m.Input(2, 8, 6, 5), 8, 16, 3);
            return [m.Convolution(m.Node("Concat", [m.Convolution(x, 16, 16, 1), m.Convolution(x, 16, 32, 3), x], ("axis", 1)), 64, 16, 5)];
        }, 4, 1),
        ["concatenation that is copied"] = (m =>
        {
            string x = m.Convolution(m.Input(1, 8, 6, 5), 8, 16, 3);
            return [m.Convolution(m.Node("Concat", [x, x, m.Convolution(x, 16, 16, 1)], ("axis", 1)), 48, 16, 3)];
        }, 3, 1),
        ["concatenation with floats"] = (m =>
        {
            string x = m.Convolution(m.Input(1, 8, 6, 5), 8, 16, 3);
            string floats = m.Node("Softmax", [m.Convolution(x, 16, 16, 1)], ("axis", -1));
            return [m.Convolution(m.Node("Concat", [floats, x], ("axis", 1)), 32, 16, 3)];
        }, 3, 2),
        ["classifier"] = (m =>
            [m.Product(m.Node("Flatten", [m.Node("GlobalAveragePool", [m.Convolution(m.Input(1, 8, 5, 5), 8, 64, 3)])]), 64, 10)], 2, 1),
        ["matrix products"] = (m => [m.Product(m.Node("Gelu", [m.Product(m.Input(1, 7, 32), 32, 64)]), 64, 35)], 2, 1),
        ["odd matrix"] = (m => [m.Product(m.Product(m.Input(5, 22), 22, 33), 33, 9)], 1, 1),
        ["vectors"] = (m => [m.Product(m.Node("Relu", [m.Product(m.Input(1, 33), 33, 50)]), 50, 3)], 1, 1),
        ["softmax between"] = (m =>
            [m.Convolution(m.Node("Softmax", [m.Convolution(m.Input(1, 16, 4, 4), 16, 16, 1)], ("axis", -1)), 16, 16, 1)], 2, 2),
        ["a value that is an output as well"] = (m =>
        {
            string x = m.Convolution(m.Input(1, 16, 4, 4), 16, 16, 1);
            return [m.Convolution(x, 16, 16, 3), x];
        }, 2, 2),
        ["a residual in floats"] = (m =>
        {
            string x = m.Input(1, 7, 32);
            string y = m.Node("Add", [m.Product(m.Node("Gelu", [m.Product(x, 32, 64)]), 64, 32), x]);
            return [m.Node("Softmax", [y], ("axis", -1))];
        }, 2, 1),
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void They_agree_with_the_reference_kernels(int lanes, string name)
    {
        (Func<FloatModel, string[]> build, int layers, int casts) = Networks[name];
        var model = new FloatModel(name.Length);
        Network floats = PassPipeline.Default.Run(model.Finish(build(model)));
        ComputedNetwork computed = BFloat16Compute.Apply(floats);
        computed.Layers.Length.ShouldBe(layers);
        computed.Kept.Select(kept => kept.Reason).ShouldBe(Odd.Contains(name) ? ["it has an odd number of input channels"] : []);

        KernelTarget target = HostTarget.Of(lanes);
        ExecutionPlan plan = ExecutionPlan.Create(computed.Network, target);
        LayoutVerifier.Verify(plan).ShouldBeEmpty();
        plan.Steps.Count(step => step.Plan?.Workload is BFloat16Workload).ShouldBe(layers);
        plan.Steps.Count(step => step.Plan?.Node.Operator == "Cast").ShouldBe(casts);
        plan.Steps.ShouldAllBe(step => step.Kind != StepKind.Reference);
        foreach (int threads in new[] { 1, 2 })
        {
            using CompiledModel compiled = CompiledModel.Compile(computed.Network, NoConfigurations, new ModelOptions { Lanes = lanes, Threads = threads });
            Dictionary<string, Tensor> inputs = RandomInputs.For(floats.Inputs, threads);
            IReadOnlyDictionary<string, Tensor> exact = ReferenceExecutor.Run(floats, inputs);
            IReadOnlyDictionary<string, Tensor> wanted = ReferenceExecutor.Run(computed.Network, inputs);
            IReadOnlyDictionary<string, Tensor> got = compiled.Run(inputs);
            foreach (string output in floats.Outputs.Select(output => output.Name))
            {
                float[] rounded = wanted[output].Elements<float>();
                float largest = rounded.Max(Math.Abs);

                // Of the same roundings only some fall to the other side, where sums differ in their last digits.
                ErrorOf(got[output], rounded).ShouldBeLessThan(largest / 256, output);
                ErrorOf(exact[output], rounded).ShouldBeLessThan(largest / 32, output);
                rounded.SequenceEqual(exact[output].Elements<float>()).ShouldBeFalse();
            }
        }
    }

    [Fact]
    public void Layers_whose_weights_would_overflow_stay()
    {
        var model = new FloatModel(1);
        Network network = PassPipeline.Default.Run(model.Finish([model.Product(model.Input(2, 2), Tensor.Of(Shape.Of(2, 2), [1f, 2, float.MaxValue, 3]))]));
        ComputedNetwork computed = BFloat16Compute.Apply(network);
        computed.Layers.ShouldBeEmpty();
        computed.Kept.ShouldHaveSingleItem().Reason.ShouldContain("infinite");
        computed.Network.ShouldBeSameAs(network);
    }

    private static float ErrorOf(Tensor tensor, float[] wanted) => tensor.Elements<float>().Zip(wanted, (one, other) => Math.Abs(one - other)).Max();

    /// <summary>Writes small networks of floats.</summary>
    private sealed class FloatModel(int seed)
    {
        private readonly Random random = new(seed);
        private readonly NetworkBuilder builder = new($"floats {seed}", 20);
        private int next;

        public string Input(params long[] extents) => builder.Input("x", extents);

        public string Node(string operation, string[] operands, params ReadOnlySpan<(string Name, object Value)> attributes) =>
            builder.Add(operation, $"{operation.ToLowerInvariant()}{next++}", operands, attributes);

        public string Convolution(string x, int from, int to, int kernel, long stride = 1, int group = 1)
        {
            long pad = kernel / 2;
            string[] operands = [x, Constant(Numbers(from / group * kernel * kernel, to, from / group, kernel, kernel)), Constant(Numbers(9, to))];
            return Node("Conv", operands, ("pads", new[] { pad, pad, pad, pad }), ("strides", new[] { stride, stride }), ("group", group));
        }

        public string Pool(string operation, string x, long window, long stride, long pad) => Node(
            operation, [x], ("kernel_shape", new[] { window, window }), ("strides", new[] { stride, stride }), ("pads", new[] { pad, pad, pad, pad }));

        public string Product(string x, int from, int to) => Node("Add", [Product(x, Numbers(from, from, to)), Constant(Numbers(9, to))]);

        public string Product(string x, Tensor weights) => Node("MatMul", [x, Constant(weights)]);

        public Network Finish(string[] outputs)
        {
            Array.ForEach(outputs, output => builder.Output(output));
            return builder.Build();
        }

        private Tensor Numbers(int fan, params long[] extents) => Tensor.Of(
            new Shape([.. extents]),
            Enumerable.Range(0, (int)extents.Aggregate(1L, (a, b) => a * b)).Select(_ => ((2 * random.NextSingle()) - 1) / MathF.Sqrt(fan)).ToArray());

        private string Constant(Tensor tensor) => builder.Constant($"c{next++}", tensor);
    }
}
