using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Reference.Tests;

public class ReferenceExecutorTests
{
    private static readonly TensorType Pair = new(DataType.Float32, Shape.Of(2));

    [Fact]
    public void Runs_in_order_and_returns_what_was_asked_for()
    {
        Network network = Make(
            [new Node("a", "Add", 17, ["x", "c"], ["t"], Attributes.None), new Node("b", "Mul", 17, ["t", "t"], ["y"], Attributes.None)],
            ("c", Tensor.Vector(1f, 2)));
        var seen = new List<string>();
        IReadOnlyDictionary<string, Tensor> values = ReferenceExecutor.Run(
            network, new Dictionary<string, Tensor> { ["x"] = Tensor.Vector(1f, 1) }, keep: ["t"], observer: (node, _) => seen.Add(node.Name));
        values.Keys.Order().ShouldBe(["t", "y"]);
        values["t"].ShouldBe([2], [2, 3]);
        values["y"].ShouldBe([2], [4, 9]);
        seen.ShouldBe(["a", "b"]);
    }

    [Fact]
    public void Missing_and_mistyped_inputs_are_named()
    {
        Network network = Make([new Node("a", "Relu", 17, ["x"], ["y"], Attributes.None)]);
        Should.Throw<ArgumentException>(() => ReferenceExecutor.Run(network, new Dictionary<string, Tensor>())).Message.ShouldContain("'x'");
        Should.Throw<ArgumentException>(
            () => ReferenceExecutor.Run(network, new Dictionary<string, Tensor> { ["x"] = Tensor.Vector(1, 2) })).Message.ShouldContain("Int32");
    }

    [Fact]
    public void Operators_without_a_kernel_are_unsupported()
    {
        Network network = Make([new Node("a", "Bernoulli", 17, ["x"], ["y"], Attributes.None)]);
        Should.Throw<UnsupportedOperatorException>(
            () => ReferenceExecutor.Run(network, new Dictionary<string, Tensor> { ["x"] = Tensor.Vector(1f, 2) })).Operator.ShouldBe("Bernoulli");
        ReferenceExecutor.Supports("Bernoulli", 17).ShouldBeFalse();
        ReferenceExecutor.Supports("Loop", 17).ShouldBeTrue();
        ReferenceExecutor.Supports("Relu", 99).ShouldBeFalse();
    }

    [Fact]
    public void A_loop_carries_state_reads_outer_values_and_stacks_its_results()
    {
        // v = v + x each round, three rounds; every round's v is collected.
        Network body = Make(
            [
                new Node("add", "Add", 17, ["v", "x"], ["w"], Attributes.None),
                new Node("same", "Identity", 17, ["w"], ["copy"], Attributes.None),
                new Node("go", "Identity", 17, ["cond"], ["next"], Attributes.None),
            ],
            ["round", "cond", "v"],
            ["next", "w", "copy"]);
        Network network = Make(
            [new Node("loop", "Loop", 17, ["n", string.Empty, "zero"], ["last", "y"], Attributes.None.With("body", body))],
            ["x"],
            ["last", "y"],
            ("n", Tensor.Scalar(3L)),
            ("zero", Tensor.Vector(0f, 0)));
        IReadOnlyDictionary<string, Tensor> values = ReferenceExecutor.Run(network, new Dictionary<string, Tensor> { ["x"] = Tensor.Vector(1f, 10) });
        values["last"].ShouldBe([2], [3, 30]);
        values["y"].ShouldBe([3, 2], [1, 10, 2, 20, 3, 30]);
    }

    private static Network Make(ImmutableArray<Node> nodes, params (string Name, Tensor Value)[] constants) => Make(nodes, ["x"], ["y"], constants);

    private static Network Make(ImmutableArray<Node> nodes, string[] inputs, string[] outputs, params (string Name, Tensor Value)[] constants) => new(
        "test",
        [.. inputs.Select(name => new NetworkValue(name, name == "x" ? Pair : Pair with { Element = DataType.Undefined }))],
        [.. outputs.Select(name => new NetworkValue(name, Pair))],
        nodes,
        constants.ToImmutableDictionary(entry => entry.Name, entry => entry.Value),
        ImmutableDictionary<string, TensorType>.Empty);
}
