using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Reference;
using Attune.Runtime.Plan;
using Attune.Runtime.Plan.Verification;

namespace Attune.Runtime.Tests.Bytes;

/// <summary>Quantised networks run on bytes and give what their operators on floats give, up to a step of the last scale.</summary>
public sealed class BytePlanTests
{
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

    private static Dictionary<string, Func<QuantisedModel, string>> Networks { get; } = new()
    {
        ["convolutions"] = m =>
        {
            string a = m.Pair(m.Node("Relu", [m.Convolution(m.Pair(m.Input(1, 3, 17, 15)), 3, 24, 5, 2)]), zero: 0);
            return m.Pair(m.Convolution(a, 24, 40, 3));
        },
        ["depthwise"] = m => m.Pair(m.Convolution(m.Pair(m.Convolution(m.Pair(m.Input(2, 20, 9, 8)), 20, 20, 3, 1, 20)), 20, 33, 1)),
        ["groups"] = m => m.Pair(m.Convolution(m.Pair(m.Input(1, 24, 7, 6)), 24, 48, 3, 1, 3)),
        ["residual"] = m =>
        {
            string x = m.Pair(m.Input(1, 32, 8, 8));
            string a = m.Pair(m.Convolution(x, 32, 32, 3));
            return m.Pair(m.Node("Relu", [m.Node("Add", [a, x])]), 0.07f, 3);
        },
        ["fused residual"] = m =>
        {
            string x = m.Pair(m.Input(1, 32, 8, 8), 0.04f, 100);
            return m.Pair(m.Node("Relu", [m.Node("Add", [m.Convolution(x, 32, 32, 3, scale: 0.04f), x])]), 0.07f, 3);
        },
        ["pools"] = m =>
        {
            string x = m.Pair(m.Convolution(m.Pair(m.Input(1, 16, 16, 14)), 16, 32, 3));
            string a = m.Pair(Pool(m, "MaxPool", x, 3, 2, 1));
            string b = m.Pair(Pool(m, "AveragePool", a, 2, 2, 0), 0.03f, 90);
            return m.Pair(m.Convolution(m.Pair(m.Node("GlobalAveragePool", [m.Convolution(b, 32, 48, 1, scale: 0.03f)]), 0.02f, 77), 48, 10, 1, scale: 0.02f));
        },
        ["sigmoid and product"] = m =>
        {
            string x = m.Pair(m.Convolution(m.Pair(m.Input(1, 16, 6, 6)), 16, 16, 1));
            return m.Pair(m.Node("Mul", [x, m.Pair(m.Node("Sigmoid", [x]), 1f / 256, 0)]));
        },
        ["concatenation of equal scales"] = m =>
        {
            string x = m.Pair(m.Input(1, 16, 6, 6));
            string joined = m.Node("Concat", [m.Pair(m.Convolution(x, 16, 16, 1)), m.Pair(m.Convolution(x, 16, 32, 3))], ("axis", 1));
            return m.Pair(m.Convolution(m.Pair(joined), 48, 16, 1));
        },
        ["padded concatenation"] = m =>
        {
            string x = m.Pair(m.Input(2, 16, 6, 5));
            string joined = m.Node("Concat", [m.Pair(m.Convolution(x, 16, 16, 1)), m.Pair(m.Convolution(x, 16, 32, 3)), x], ("axis", 1));
            return m.Pair(m.Convolution(m.Pair(joined), 64, 16, 5));
        },
        ["floats stored into a concatenation, first part"] = m =>
        {
            string x = m.Pair(m.Convolution(m.Pair(m.Input(1, 16, 6, 6)), 16, 16, 1));
            string floats = m.Pair(m.Node("Softmax", [x], ("axis", -1)));
            return m.Pair(m.Convolution(m.Pair(m.Node("Concat", [floats, x], ("axis", 1))), 32, 16, 3));
        },
        ["floats stored into a concatenation, last part"] = m =>
        {
            string x = m.Pair(m.Convolution(m.Pair(m.Input(2, 16, 6, 6)), 16, 48, 1));
            string floats = m.Pair(m.Node("Softmax", [x], ("axis", -1)));
            return m.Pair(m.Convolution(m.Pair(m.Node("Concat", [x, floats], ("axis", 1))), 96, 16, 3));
        },
        ["a row of constants"] = m =>
        {
            string x = m.Pair(m.Convolution(m.Pair(m.Input(1, 16, 6, 16)), 16, 16, 1));
            return m.Pair(m.Node("Add", [x, m.Numbers(16)]));
        },
        ["scores of attention"] = m =>
        {
            string x = m.Pair(m.Input(1, 3, 16, 16));
            return m.Node("MatMul", [m.Pair(m.Node("Softmax", [x], ("axis", -1)), 1f / 255, 0), x]);
        },
        ["convolution of floats with weights of bytes"] = m =>
        {
            string x = m.Pair(m.Convolution(m.Pair(m.Input(1, 16, 6, 6)), 16, 16, 3));
            return m.Node("Softmax", [m.Convolution(m.Pair(m.Node("Softmax", [x], ("axis", -1)), 1f / 255, 0), 16, 16, 3, scale: 1f / 255)], ("axis", -1));
        },
        ["concatenation of other scales"] = m =>
        {
            string x = m.Pair(m.Input(1, 16, 6, 6));
            string joined = m.Node("Concat", [m.Pair(m.Convolution(x, 16, 16, 1), 0.04f), m.Pair(m.Convolution(x, 16, 32, 3), 0.06f, 9)], ("axis", 1));
            return m.Pair(m.Convolution(m.Pair(joined), 48, 16, 1));
        },
        ["classifier"] = m =>
        {
            string x = m.Pair(m.Node("GlobalAveragePool", [m.Pair(m.Convolution(m.Pair(m.Input(1, 8, 5, 5)), 8, 64, 3))]));
            return m.Product(m.Pair(m.Node("Flatten", [x])), 64, 10);
        },
        ["flattened floats"] = m =>
            m.Product(m.Node("Flatten", [m.Pair(m.Node("GlobalAveragePool", [m.Pair(m.Convolution(m.Pair(m.Input(1, 8, 5, 5)), 8, 64, 3))]))]), 64, 10),
        ["matrix products"] = m => m.Pair(m.Product(m.Pair(m.Node("Gelu", [m.Product(m.Pair(m.Input(1, 7, 32)), 32, 64)])), 64, 35)),
        ["floats between"] = m =>
        {
            string a = m.Node("Softmax", [m.Pair(m.Convolution(m.Pair(m.Input(1, 16, 4, 4)), 16, 16, 1))], ("axis", -1));
            return m.Pair(m.Convolution(m.Pair(a, 1f / 255, 0), 16, 16, 1, scale: 1f / 255));
        },
        ["bytes and floats of one value"] = m =>
        {
            string x = m.Pair(m.Convolution(m.Pair(m.Input(1, 16, 4, 4)), 16, 16, 1));
            return m.Node("Add", [m.Node("Softmax", [x], ("axis", -1)), m.Pair(m.Convolution(x, 16, 16, 1))]);
        },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void They_agree_with_the_reference_kernels(int lanes, string name)
    {
        var model = new QuantisedModel(name.Length);
        Network network = model.Finish(Networks[name](model));
        LayoutVerifier.Verify(ExecutionPlan.Create(network, HostTarget.Of(lanes))).ShouldBeEmpty();
        var options = new ModelOptions { Lanes = lanes, Threads = 2 };
        using CompiledModel compiled = CompiledModel.Compile(network, new Dictionary<string, IReadOnlyDictionary<string, string>>(), options);
        Shape shape = network.Inputs[0].Type.Shape;
        for (int run = 0; run < 2; run++)
        {
            var random = new Random(run);
            float[] numbers = [.. Enumerable.Range(0, (int)shape.Count).Select(_ => (random.NextSingle() * 14) - 7)];
            var inputs = new Dictionary<string, Tensor> { ["x"] = Tensor.Of(shape, numbers) };
            float[] expected = ReferenceExecutor.Run(network, inputs)[network.Outputs[0].Name].Elements<float>();
            float[] actual = compiled.Run(inputs)[network.Outputs[0].Name].Elements<float>();

            // A byte that comes out one step away changes what follows by little; a wrong layout, scale or zero changes everything by much.
            float step = QuantisedModel.Scale * 1.5f;
            actual.Zip(expected).Max(pair => Math.Abs(pair.First - pair.Second)).ShouldBeLessThan(step, $"run {run}");
            actual.Zip(expected).Count(pair => Math.Abs(pair.First - pair.Second) > 1e-3f).ShouldBeLessThan((actual.Length / 50) + 2, $"run {run}");
            expected.Distinct().Count().ShouldBeGreaterThan(Math.Min(8, expected.Length / 2));
        }
    }

    [Fact]
    public void Layers_of_bytes_are_steps_of_their_own_and_nothing_else_is()
    {
        var model = new QuantisedModel(1);
        Network network = model.Finish(Networks["convolutions"](model));
        ImmutableArray<PlannedStep> steps = ExecutionPlan.Create(network, HostTarget.Of(16)).Steps;
        steps.Count(step => step.Plan?.Workload is QuantizedWorkload { OutputElement: DataType.UInt8 }).ShouldBe(2);
        steps.ShouldAllBe(step => step.Kind != StepKind.Reference);

        // The input is stored as bytes, the output loaded as floats; the rest are copies into other layouts.
        steps.Count(step => step.Kind == StepKind.Quantize).ShouldBe(1);
        steps.Count(step => step.Kind == StepKind.Elementwise).ShouldBe(1);
    }

    [Fact]
    public void They_can_be_switched_off()
    {
        var model = new QuantisedModel(1);
        Network network = model.Finish(Networks["convolutions"](model));
        var request = PlanRequest.Plain with { Without = ImmutableHashSet.Create(Fusions.Bytes) };
        ExecutionPlan.Create(network, HostTarget.Of(16), request).Steps.ShouldAllBe(step => step.Plan == null || step.Plan.Narrow == null);
    }

    private static string Pool(QuantisedModel m, string operation, string x, long window, long stride, long pad) => m.Node(
        operation, [x], ("kernel_shape", new[] { window, window }), ("strides", new[] { stride, stride }), ("pads", new[] { pad, pad, pad, pad }));
}
