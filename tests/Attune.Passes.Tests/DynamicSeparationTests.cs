using Attune.Kernels;
using static Attune.Passes.Tests.LateNetworks;

namespace Attune.Passes.Tests;

public sealed class DynamicSeparationTests
{
    [Fact]
    public void A_network_of_known_types_stays_what_it_is()
    {
        Network network = Of(["y"], Op("Relu", ["x"], "y"));
        DynamicSeparation.Run(network).ShouldBeSameAs(network);
    }

    [Fact]
    public void What_waits_for_types_and_what_reads_it_are_one_node_at_the_end()
    {
        Network separated = DynamicSeparation.Run(Of(
            ["t", "e"], Op("Relu", ["x"], "r"), Op("NonZero", ["r"], "p"), Op("Transpose", ["p"], "t"), Op("Exp", ["r"], "e")));

        separated.Nodes.Select(static node => node.Operator).ShouldBe(["Relu", "Exp", FusedOperators.Dynamic]);
        Node late = separated.Nodes[^1];
        late.Inputs.ShouldBe(["r"]);
        late.Outputs.ShouldBe(["t"]);
        Network body = late.Attributes.Find(FusedOperators.Body).ShouldBeOfType<Network>();
        body.Nodes.Select(static node => node.Operator).ShouldBe(["NonZero", "Transpose"]);
        body.Inputs.ShouldHaveSingleItem().Type.ShouldBe(new TensorType(DataType.Float32, Shape.Of(4)));
        NetworkVerifier.Verify(separated).ShouldBeEmpty();
    }

    [Fact]
    public void What_nobody_asks_for_is_left_out()
    {
        Network separated = DynamicSeparation.Run(Of(["e"], Op("NonZero", ["x"], "p"), Op("Exp", ["x"], "e")));
        separated.Nodes.ShouldHaveSingleItem().Operator.ShouldBe("Exp");
    }

    [Fact]
    public void Bodies_read_what_they_do_not_define()
    {
        Network then = Body([], "a", Op("Mul", ["r", "k"], "a"));
        Network otherwise = Body([], "b", Op("Neg", ["own"], "b"), Op("Identity", ["r"], "own"));
        Attributes branches = Attributes.None.With("then_branch", then).With("else_branch", otherwise);
        Network separated = DynamicSeparation.Run(Of(
            ["y"], Op("Relu", ["x"], "r"), Op("ReduceSum", ["x"], "s", Attributes.None.With("keepdims", 0L)),
            Op("Cast", ["s"], "c", Attributes.None.With("to", 9L)),
            Op("If", ["c"], "y", branches)));

        separated.Nodes[^1].Inputs.ShouldBe(["c", "k", "r"]);
        NetworkVerifier.Verify(separated).ShouldBeEmpty();
    }

    [Fact]
    public void Types_of_inputs_and_constants_are_stated_at_every_depth()
    {
        Network body = Body(["i"], "j", Op("Neg", ["i"], "j"));
        Network network = StatedTypes.Of(Of(["y"], Op("Loop", ["n"], "y", Attributes.None.With("body", body))));

        network.Types.Keys.ShouldBe(["x", "k"], ignoreOrder: true);
        network.Nodes[0].Attributes.Find("body").ShouldBeOfType<Network>().Types.Keys.ShouldBe(["i"]);
    }
}
