using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Reference;
using Attune.Runtime.Plan;
using Attune.Runtime.Plan.Verification;

namespace Attune.Runtime.Tests.Bytes;

/// <summary>Layers whose input is quantised when the network runs are integer kernels, and give what the operators of ONNX give.</summary>
public sealed class RunTimeScaleTests
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

    /// <summary>Networks of one input, with the integer layers that they must have.</summary>
    private static Dictionary<string, (Func<QuantisedModel, string[]> Build, int Layers)> Networks { get; } = new()
    {
        ["vector"] = (m => [m.DynamicProduct(m.Dynamic(m.Input(1, 64)), 64, 32, true)], 1),
        ["odd extents"] = (m => [m.DynamicProduct(m.Dynamic(m.Input(7, 23)), 23, 10, true)], 1),
        ["one channel"] = (m => [m.DynamicProduct(m.Dynamic(m.Input(5, 3)), 3, 1, false)], 1),
        ["batch"] = (m => [m.Node("Gelu", [m.DynamicProduct(m.Dynamic(m.Input(2, 16, 48)), 48, 96, true)])], 1),
        ["three layers of one input, and its floats"] = (m =>
        {
            string x = m.Input(1, 9, 32);
            string[] bytes = m.Dynamic(x);
            string sum = m.Node("Add", [m.DynamicProduct(bytes, 32, 32, true), m.DynamicProduct(bytes, 32, 32, false)]);
            return [m.Node("Add", [m.Node("Add", [m.DynamicProduct(bytes, 32, 32, true), x]), sum])];
        }, 3),
        ["one after the other"] = (m =>
        {
            string a = m.Node("Relu", [m.DynamicProduct(m.Dynamic(m.Input(4, 32)), 32, 64, true)]);
            return [m.DynamicProduct(m.Dynamic(a), 64, 16, true)];
        }, 2),
        ["constant scales behind"] = (m =>
            [m.Product(m.Pair(m.DynamicProduct(m.Dynamic(m.Input(4, 32)), 32, 64, true), 0.1f), 64, 16)], 2),
        ["constant scales before"] = (m => [m.DynamicProduct(m.Dynamic(m.Pair(m.Product(m.Pair(m.Input(4, 32)), 32, 64))), 64, 16, true)], 2),
        ["bytes are an output as well"] = (m =>
        {
            string[] bytes = m.Dynamic(m.Input(4, 32));
            return [m.DynamicProduct(bytes, 32, 16, true), bytes[1], bytes[0], bytes[2]];
        }, 1),
        ["convolution of one position"] = (m => [m.DynamicConvolution(m.Dynamic(m.Input(1, 24, 5, 7)), 24, 20, 1, 0, true)], 1),
        ["convolution without a halo"] = (m => [m.DynamicConvolution(m.Dynamic(m.Input(2, 16, 6, 9)), 16, 33, 3, 0, false)], 1),
        ["convolution with a halo"] = (m => [m.Node("Relu", [m.DynamicConvolution(m.Dynamic(m.Input(1, 20, 8, 11)), 20, 24, 3, 1, true)])], 1),
        ["wide halo and stride"] = (m => [m.DynamicConvolution(m.Dynamic(m.Input(1, 3, 15, 18)), 3, 16, 7, 3, true, stride: 2)], 1),
        ["depthwise with a halo"] = (m => [m.DynamicConvolution(m.Dynamic(m.Input(1, 24, 9, 8)), 24, 24, 3, 1, true, group: 24)], 1),
        ["groups with a halo"] = (m => [m.DynamicConvolution(m.Dynamic(m.Input(1, 32, 9, 8)), 32, 16, 3, 1, true, group: 2)], 1),
        ["one row of pixels"] = (m =>
        {
            string x = m.Node("Reshape", [m.Input(1, 12, 30), m.Extents(1, 12, 1, 30)]);
            return [m.DynamicConvolution(m.Dynamic(x), 12, 8, 3, 1, true)];
        }, 1),
        ["one convolution after the other"] = (m =>
        {
            string a = m.Node("Relu", [m.DynamicConvolution(m.Dynamic(m.Input(1, 16, 8, 10)), 16, 20, 3, 1, true)]);
            return [m.DynamicConvolution(m.Dynamic(a), 20, 16, 3, 1, false)];
        }, 2),
        ["few channels one after the other"] = (m =>
        {
            string a = m.Node("Sigmoid", [m.DynamicConvolution(m.Dynamic(m.Input(1, 4, 8, 10)), 4, 3, 3, 1, true)]);
            return [m.DynamicConvolution(m.Dynamic(a), 3, 16, 3, 1, false)];
        }, 2),
        ["two halos of one image, and its bytes"] = (m =>
        {
            string[] bytes = m.Dynamic(m.Input(1, 16, 7, 7));
            string sum = m.Node("Add", [m.DynamicConvolution(bytes, 16, 8, 5, 2, true), m.DynamicConvolution(bytes, 16, 8, 3, 1, false)]);
            return [m.Node("Add", [m.DynamicConvolution(bytes, 16, 8, 1, 0, false), sum]), bytes[0], bytes[1], bytes[2]];
        }, 3),
        ["convolution that is stored with a constant scale"] = (m =>
            [m.Pair(m.DynamicConvolution(m.Dynamic(m.Input(1, 16, 8, 10)), 16, 20, 3, 1, true), 0.5f)], 1),
        ["a constant scale for bytes of a run"] = (m =>
        {
            string[] bytes = m.Dynamic(m.Input(1, 16, 7, 7));
            return [m.DynamicConvolution(bytes, 16, 8, 3, 1, true), m.Convolution(m.Load(bytes[0], 0.04f, 100), 16, 8, 3)];
        }, 1),
        ["convolution with constant scales"] = (m => [m.IntegerConvolution(m.Store(m.Input(1, 16, 8, 10), 0.04f, 90), 90, 16, 20, 3)], 1),
        ["bytes that are moved"] = (m =>
        {
            string[] bytes = m.Dynamic(m.Input(4, 32));
            string turned = m.Node("Transpose", [bytes[0]], ("perm", new[] { 1L, 0 }));
            return [m.DynamicProduct([turned, bytes[1], bytes[2]], 4, 16, true)];
        }, 0),
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void They_agree_with_the_reference_kernels(int lanes, string name)
    {
        (Func<QuantisedModel, string[]> build, int layers) = Networks[name];
        var model = new QuantisedModel(name.Length);
        Network network = model.Finish(build(model));
        ExecutionPlan plan = ExecutionPlan.Create(network, HostTarget.Of(lanes));
        LayoutVerifier.Verify(plan).ShouldBeEmpty();
        plan.Steps.Count(step => step.Plan?.Workload is QuantizedWorkload).ShouldBe(layers);
        foreach (int threads in new[] { 1, 2 })
        {
            using CompiledModel compiled = CompiledModel.Compile(network, NoConfigurations, new ModelOptions { Lanes = lanes, Threads = threads });
            for (int seed = 0; seed < 3; seed++)
            {
                var random = new Random(seed);
                Shape shape = network.Inputs[0].Type.Shape;
                var inputs = new Dictionary<string, Tensor>
                {
                    ["x"] = Tensor.Of(shape, [.. Enumerable.Range(0, (int)shape.Count).Select(_ => ((random.NextSingle() * 14) - 5) * (seed + 0.1f))]),
                };
                IReadOnlyDictionary<string, Tensor> wanted = ReferenceExecutor.Run(network, inputs);
                IReadOnlyDictionary<string, Tensor> got = compiled.Run(inputs);
                Compare(network, wanted, got, exact: layers <= 1);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(64)]
    [InlineData(1003)]
    [InlineData(20_000)]
    public void Bytes_scale_and_zero_are_those_of_the_definition(int count)
    {
        var random = new Random(count);
        (string Name, Func<int, float> At)[] inputs =
        [
            ("numbers", _ => (random.NextSingle() * 3) - 1),
            ("positive", _ => random.NextSingle() + 2),
            ("negative", _ => -random.NextSingle() - 2),
            ("zeros", _ => 0),
            ("halves", i => (i % 256) - 100 + (i == 0 ? 0 : 0.5f)),
            ("one far off", i => i == count / 2 ? 1e30f : 1),
            ("one infinite", i => i == count / 2 ? float.PositiveInfinity : i),
            ("one that is no number", i => i == count / 2 ? float.NaN : i),
        ];
        var model = new QuantisedModel(count);
        Network network = model.Finish(model.Dynamic(model.Input(count)));
        ExecutionPlan.Create(network, HostTarget.Widest).Steps.ShouldContain(step => step.Kind == StepKind.DynamicQuantize);
        foreach (int threads in new[] { 1, 2 })
        {
            using CompiledModel compiled = CompiledModel.Compile(network, NoConfigurations, new ModelOptions { Threads = threads });
            foreach ((string name, Func<int, float> at) in inputs)
            {
                var given = new Dictionary<string, Tensor> { ["x"] = Tensor.Vector<float>([.. Enumerable.Range(0, count).Select(at)]) };
                IReadOnlyDictionary<string, Tensor> wanted = ReferenceExecutor.Run(network, given);
                IReadOnlyDictionary<string, Tensor> got = compiled.Run(given);
                foreach (NetworkValue output in network.Outputs)
                {
                    got[output.Name].Data.ShouldBe(wanted[output.Name].Data, $"{name}, {output.Name}");
                }
            }
        }
    }

    /// <summary>Layers of one input differ by roundings of floats alone; where bytes follow from their results, a byte may come out one step away.</summary>
    private static void Compare(Network network, IReadOnlyDictionary<string, Tensor> wanted, IReadOnlyDictionary<string, Tensor> got, bool exact)
    {
        foreach (NetworkValue output in network.Outputs)
        {
            if (output.Type.Element == DataType.UInt8)
            {
                got[output.Name].Elements<byte>().ShouldBe(wanted[output.Name].Elements<byte>());
                continue;
            }

            float[] expected = wanted[output.Name].Elements<float>();
            float largest = Math.Max(1, expected.Max(Math.Abs));
            float[] errors = [.. got[output.Name].Elements<float>().Zip(expected, (one, other) => Math.Abs(one - other))];
            errors.Max().ShouldBeLessThan((exact ? 1e-5f : 2e-2f) * largest);
            errors.Count(error => error > 1e-5f * largest).ShouldBeLessThan((errors.Length / 10) + 2);
        }
    }
}
