using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Reference;
using Attune.Runtime.Dynamic;
using static Attune.Runtime.Tests.Dynamic.DynamicNetworks;

namespace Attune.Runtime.Tests.Dynamic;

public sealed class DynamicModelTests : IDisposable
{
    private static readonly DynamicLimits Everything = DynamicLimits.Default with { WorthCompiling = 0 };
    private readonly Devices.ThreadTeam team = new(1);

    public static TheoryData<string> Names => [.. Networks.Keys];

    // What each computes is told by the reference kernels, which run node by node and never look at a type.
    private static Dictionary<string, Func<Network>> Networks { get; } = new()
    {
        ["positions"] = () => Of(
            ["x"], ["rows", "sum"],
            [
                Op("Relu", ["x"], ["r"]),
                Op("NonZero", ["r"], ["p"]),
                Op("Transpose", ["p"], ["q"], ("perm", new[] { 1L, 0L })),
                Op("GatherND", ["r", "q"], ["rows"]),
                Op("Exp", ["rows"], ["e"]),
                Op("ReduceSum", ["e"], ["sum"], ("keepdims", 0L)),
            ]),
        ["convolution"] = () => Of(
            ["x"], ["y"],
            [
                Op("Conv", ["x", "w"], ["c"], ("pads", new[] { 1L, 1L, 1L, 1L })),
                Op("Relu", ["c"], ["r"]),
                Op("GlobalAveragePool", ["r"], ["y"]),
            ],
            ("w", Numbers(1, 8, 3, 3, 3))),
        ["loop"] = () => Of(
            ["x", "rounds"], ["last", "all"],
            [Op("Loop", ["rounds", "", "x"], ["last", "all"], ("body", Body(
                ["i", "going", "h"], ["going2", "next", "row"],
                [
                    Op("MatMul", ["h", "w"], ["m"]),
                    Op("Tanh", ["m"], ["next"]),
                    Op("Identity", ["next"], ["row"]),
                    Op("ReduceMax", ["next"], ["top"], ("keepdims", 0L)),
                    Op("Less", ["top", "limit"], ["going2"]),
                ])))],
            ("w", Numbers(2, 6, 6)), ("limit", Tensor.Scalar(0.99f))),
        ["branch"] = () => Of(
            ["x", "which"], ["y"],
            [
                Op("Mul", ["x", "x"], ["square"]),
                Op("If", ["which"], ["z"], ("then_branch", Body([], ["a"], [Op("MatMul", ["square", "w"], ["a"])])), ("else_branch", Body([], ["x"], []))),
                Op("Neg", ["z"], ["y"]),
            ],
            ("w", Numbers(3, 6, 2))),
        ["scan"] = () => Of(
            ["x", "start"], ["final", "sums"],
            [Op("Scan", ["start", "x"], ["final", "sums"], ("num_scan_inputs", 1L), ("body", Body(
                ["s", "row"], ["s2", "out"], [Op("Add", ["s", "row"], ["s2"]), Op("Sigmoid", ["s2"], ["out"])])))]),
        ["computed shape"] = () => Of(
            ["x", "length"], ["y"],
            [
                Op("Add", ["length", "one"], ["end"]),
                Op("Slice", ["x", "zero", "end"], ["part"]),
                Op("MatMul", ["part", "w"], ["m"]),
                Op("Shape", ["m"], ["s"]),
                Op("Reshape", ["m", "flat"], ["f"]),
                Op("Concat", ["f", "f"], ["y"], ("axis", 0L)),
            ],
            ("w", Numbers(4, 6, 5)), ("one", Tensor.Vector(1L)), ("zero", Tensor.Vector(0L)), ("flat", Tensor.Vector(-1L))),
        ["shape of a stage"] = () => Of(
            ["x", "length"], ["y"],
            [
                Op("MatMul", ["x", "w"], ["m"]),
                Op("Shape", ["m"], ["s"]),
                Op("Gather", ["s", "one"], ["columns"]),
                Op("Min", ["columns", "length"], ["end"]),
                Op("Slice", ["x", "zero", "end"], ["y"]),
            ],
            ("w", Numbers(4, 6, 5)), ("one", Tensor.Vector(1L)), ("zero", Tensor.Vector(0L))),
        ["nothing left"] = () => Of(
            ["x", "length"], ["y", "n"],
            [
                Op("Slice", ["x", "zero", "length"], ["part"]),
                Op("Concat", ["part", "x"], ["y"], ("axis", 0L)),
                Op("Size", ["part"], ["n"]),
            ],
            ("zero", Tensor.Vector(0L))),
    };

    public void Dispose() => team.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Results_are_those_of_the_reference_kernels_for_every_shape(string name)
    {
        Network network = Networks[name]();
        foreach (DynamicLimits limits in new[] { Everything, DynamicLimits.Default })
        {
            using DynamicModel model = Compiled(network, limits);
            for (int size = 1; size <= 3; size++)
            {
                CheckAgainstReference(model, network, InputsOf(name, size, seed: size));
                CheckAgainstReference(model, network, InputsOf(name, size, seed: size + 10));
            }
        }
    }

    [Fact]
    public void Shapes_that_were_met_before_compile_nothing_again()
    {
        Network network = Networks["convolution"]();
        using DynamicModel model = Compiled(network, Everything);
        model.Run(InputsOf("convolution", 1, 1));
        int stages = model.Stages;
        model.Run(InputsOf("convolution", 2, 1));
        model.Stages.ShouldBe(stages + 1);
        model.Run(InputsOf("convolution", 1, 2));
        model.Run(InputsOf("convolution", 2, 2));
        model.Stages.ShouldBe(stages + 1);
    }

    [Fact]
    public void The_rounds_of_a_loop_share_what_was_compiled_for_the_first()
    {
        Network network = Networks["loop"]();
        using DynamicModel model = Compiled(network, Everything);
        model.Run(InputsOf("loop", 1, 1));
        int stages = model.Stages;
        model.Run(InputsOf("loop", 3, 1).SetItem("x", InputsOf("loop", 1, 1)["x"]));
        model.Stages.ShouldBe(stages);
    }

    [Fact]
    public void What_is_kept_is_bounded()
    {
        Network network = Networks["positions"]();
        using DynamicModel model = Compiled(network, Everything with { MaxStages = 4 });
        for (int i = 1; i <= 9; i++)
        {
            CheckAgainstReference(model, network, InputsOf("positions", i, i));
            model.Stages.ShouldBeLessThanOrEqualTo(4);
        }

        using DynamicModel small = Compiled(network, Everything with { MaxBytes = 1 });
        using DynamicModel fresh = Compiled(network, Everything);
        CheckAgainstReference(small, network, InputsOf("positions", 2, 1));
        CheckAgainstReference(small, network, InputsOf("positions", 3, 1));
        CheckAgainstReference(fresh, network, InputsOf("positions", 3, 1));
        small.Stages.ShouldBe(fresh.Stages, "what the last run used stays, or every run would compile");
    }

    [Fact]
    public void Threads_share_it()
    {
        Network network = Networks["convolution"]();
        using DynamicModel model = Compiled(network, Everything with { MaxStages = 2 });
        Parallel.For(0, 40, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i => CheckAgainstReference(
            model, network, InputsOf("convolution", 1 + (i % 4), i)));
    }

    [Fact]
    public void A_value_that_is_missing_and_shapes_that_do_not_fit_are_told()
    {
        Network network = Networks["convolution"]();
        using DynamicModel model = Compiled(network, Everything);
        Should.Throw<ArgumentException>(() => model.Run(new Dictionary<string, Tensor>())).Message.ShouldContain("'x'");
        InvalidNodeException refused = Should.Throw<InvalidNodeException>(
            () => model.Run(new Dictionary<string, Tensor> { ["x"] = Numbers(1, 1, 5, 8, 8) }));
        refused.Node.ShouldBe("n_c");
    }

    private static Network Body(string[] inputs, string[] outputs, Node[] nodes) => Of(inputs, outputs, nodes);

    private DynamicModel Compiled(Network network, DynamicLimits limits) => new(
        network, ImmutableDictionary<string, IReadOnlyDictionary<string, string>>.Empty, new ModelOptions { Team = team }.Resolve(), limits);

    private static void CheckAgainstReference(DynamicModel model, Network network, IReadOnlyDictionary<string, Tensor> inputs)
    {
        IReadOnlyDictionary<string, Tensor> expected = ReferenceExecutor.Run(network, inputs);
        Tensor[] actual = model.Run(inputs);
        for (int i = 0; i < network.Outputs.Length; i++)
        {
            string name = network.Outputs[i].Name;
            actual[i].Type.ShouldBe(expected[name].Type, name);
            if (actual[i].Element == DataType.Float32)
            {
                Closeness.Check(name, actual[i], expected[name]);
            }
            else
            {
                actual[i].Elements<long>().ShouldBe(expected[name].Elements<long>());
            }
        }
    }

    private static ImmutableDictionary<string, Tensor> InputsOf(string name, int size, int seed)
    {
        var inputs = ImmutableDictionary<string, Tensor>.Empty.Add(
            "x", name == "convolution" ? Numbers(seed, 1, 3, 7 + size, 9) : Numbers(seed, name == "scan" ? size : 4 + size, 6));
        return name switch
        {
            "loop" => inputs.Add("rounds", Tensor.Scalar(2L * size)),
            "branch" => inputs.Add("which", Tensor.Scalar(seed % 2 == 0)),
            "scan" => inputs.Add("start", Numbers(seed + 1, 6)),
            "computed shape" or "shape of a stage" => inputs.Add("length", Tensor.Vector((long)size)),
            "nothing left" => inputs.Add("length", Tensor.Vector((long)(seed % 2))),
            _ => inputs,
        };
    }
}
