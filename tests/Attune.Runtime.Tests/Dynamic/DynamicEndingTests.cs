using Attune.Kernels;
using Attune.Passes;
using Attune.Reference;
using Attune.Runtime.Dynamic;
using Attune.Runtime.Tests.Files;
using static Attune.Runtime.Tests.Dynamic.DynamicNetworks;

namespace Attune.Runtime.Tests.Dynamic;

/// <summary>Models whose end has no types before a run.</summary>
public sealed class DynamicEndingTests : IDisposable
{
    private static readonly ModelOptions Options = new() { Threads = 1, Limits = DynamicLimits.Default with { WorthCompiling = 0 } };
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_does_not_wait_for_types_is_planned_before_the_run()
    {
        Network network = Separated();
        network.Nodes[^1].Operator.ShouldBe("attune.Dynamic");
        using CompiledModel model = CompiledModel.Compile(
            PassPipeline.Default.Run(network), new Dictionary<string, IReadOnlyDictionary<string, string>>(), Options);
        model.Steps.Select(step => step.Operation).ShouldContain("Convolution");
        model.Steps[^1].Operation.ShouldBe("Dynamic");
        model.Coverage.Nodes[^1].Execution.ShouldBe(NodeExecution.AtRunTime);
        for (int seed = 1; seed <= 3; seed++)
        {
            Check(model, seed);
        }
    }

    [Fact]
    public void A_file_keeps_it()
    {
        string path = folder.File("m.attune");
        TunedModelFile.Save(path, Samples.Model(PassPipeline.Default.Run(Separated())) with { Configurations = [] });
        using CompiledModel model = CompiledModel.Load(path, Options);
        Check(model, 4);
        Check(model, 5);
    }

    [Fact]
    public void Memory_cannot_be_bound_to_an_output_whose_type_a_run_tells()
    {
        using CompiledModel model = CompiledModel.Compile(
            PassPipeline.Default.Run(Separated()), new Dictionary<string, IReadOnlyDictionary<string, string>>(), Options);
        using ModelBinding binding = model.CreateBinding();
        Should.Throw<ArgumentException>(() => binding.BindOutput<float>("rows", new float[10])).Message.ShouldContain("rows");
    }

    private static void Check(CompiledModel model, int seed)
    {
        var inputs = new Dictionary<string, Tensor> { ["x"] = Numbers(seed, 1, 3, 6, 6) };
        IReadOnlyDictionary<string, Tensor> expected = ReferenceExecutor.Run(Raw(), inputs);
        IReadOnlyDictionary<string, Tensor> actual = model.Run(inputs);
        Closeness.Check("mean", actual["mean"], expected["mean"]);
        Closeness.Check("rows", actual["rows"], expected["rows"]);
        actual["count"].Elements<long>().ShouldBe(expected["count"].Elements<long>());
    }

    private static Network Raw() => Of(
        ["x"], ["mean", "rows", "count"],
        [
            Op("Conv", ["x", "w"], ["c"], ("pads", new[] { 1L, 1L, 1L, 1L })),
            Op("Relu", ["c"], ["r"]),
            Op("GlobalAveragePool", ["r"], ["mean"]),
            Op("Greater", ["r", "limit"], ["large"]),
            Op("NonZero", ["large"], ["p"]),
            Op("Transpose", ["p"], ["q"], ("perm", new[] { 1L, 0L })),
            Op("GatherND", ["r", "q"], ["picked"]),
            Op("Mul", ["picked", "scale"], ["rows"]),
            Op("Shape", ["rows"], ["count"]),
        ],
        ("w", Numbers(1, 8, 3, 3, 3)), ("limit", Tensor.Scalar(0.4f)), ("scale", Tensor.Scalar(3f)));

    private static Network Separated()
    {
        Network raw = Raw();
        var input = new TensorType(DataType.Float32, Shape.Of(1, 3, 6, 6));
        Network typed = ShapeInference.Run(raw with { Inputs = [new NetworkValue("x", input)] });
        typed = typed with
        {
            Outputs = [.. raw.Outputs.Select(output => typed.Types.TryGetValue(output.Name, out TensorType? type) ? output with { Type = type } : output)],
        };
        NetworkVerifier.Verify(typed).ShouldBeEmpty();
        Network separated = DynamicSeparation.Run(typed);
        NetworkVerifier.Verify(separated).ShouldBeEmpty();
        return separated;
    }
}
