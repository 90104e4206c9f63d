using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Runtime.Files;

namespace Attune.Runtime.Tests.Files;

/// <summary>
/// Other forms of a layer are left out by plain execution and write in the exact node's place by staged execution; a file may not tell another story.
/// </summary>
public sealed class LayerFormFileTests
{
    [Fact]
    public void Forms_behind_their_layer_are_accepted() => NetworkCheck.Check(Network());

    [Theory]
    [InlineData("a node that is left out is read", "reads 'mid'")]
    [InlineData("the result of a form is read", "reads 'low'")]
    [InlineData("the result of a form is an output", "output")]
    [InlineData("a form has no last node", "no last node")]
    [InlineData("a form names another layer", "does not compute")]
    [InlineData("a form is of another type", "does not compute")]
    [InlineData("an exact node names a layer", "without being a form")]
    [InlineData("an exact node stands between", "stands between")]
    [InlineData("a form of another operator", "no form")]
    [InlineData("a negative form", "form -1")]
    [InlineData("a form reads its own layer", "and reads it")]
    [InlineData("a form reads what a form of another layer computes", "reads 'mid'")]
    public void Anything_else_is_refused(string what, string reason)
    {
        Network network = Network();
        ImmutableArray<Node> nodes = network.Nodes;
        (Node exact, Node first, Node last, Node after) = (nodes[0], nodes[1], nodes[2], nodes[3]);
        Node Is(Node node, int form, string? value = null) => node with
        {
            Attributes = value is null
                ? node.Attributes.With(LayerAlternatives.Form, form)
                : node.Attributes.With(LayerAlternatives.Form, form).With(LayerAlternatives.Value, value),
        };
        Network bad = what switch
        {
            "a node that is left out is read" => network with { Nodes = [exact, first, last, after with { Inputs = ["mid"] }] },
            "the result of a form is read" => network with { Nodes = [exact, first, last, after with { Inputs = ["low"] }] },
            "the result of a form is an output" => network with { Outputs = [new NetworkValue("low", network.TypeOf("low"))] },
            "a form has no last node" => network with { Nodes = [exact, first], Outputs = [new NetworkValue("y", network.TypeOf("y"))] },
            "a form names another layer" => network with { Nodes = [exact, first, Is(last, 1, "x"), after] },
            "a form is of another type" => network with { Types = network.Types.SetItem("low", network.TypeOf("mid")) },
            "an exact node names a layer" => network with { Nodes = [exact, first, last, Is(after, 0, "y")] },
            "an exact node stands between" => network with { Nodes = [exact, first, after, last] },
            "a form reads its own layer" => network with { Nodes = [exact, first with { Inputs = ["y", "left"] }, last, after] },
            "a form reads what a form of another layer computes" =>
                network with { Nodes = [exact, first, last, after, Is(first with { Name = "other", Inputs = ["mid", "right"], Outputs = ["more"] }, 1)] },
            "a form of another operator" => network with { Nodes = [exact, first with { Operator = "Relu" }, last, after] },
            _ => network with { Nodes = [exact, Is(first, -1), last, after] },
        };
        Should.Throw<FileDefectException>(() => NetworkCheck.Check(bad)).Message.ShouldContain(reason);
    }

    [Fact]
    public void A_form_that_cannot_write_in_its_layers_place_is_refused()
    {
        // The form multiplies by a matrix that the caller gives, which is left to the reference kernels.
        Network network = Network();
        Network bad = network with
        {
            Constants = network.Constants.Remove("right"),
            Inputs = network.Inputs.Add(new NetworkValue("right", network.TypeOf("right"))),
        };
        NetworkCheck.Check(bad);
        Should.Throw<TunedModelException>(() => CompiledModel.Compile(Samples.Model(bad))).Error.Failure.ShouldBe(TunedModelFailure.Malformed);
    }

    private static Network Network()
    {
        TensorType Type(params long[] shape) => new(DataType.Float32, Shape.Of(shape));
        Attributes Form(string? value) =>
            value is null
                ? Attributes.None.With(LayerAlternatives.Form, 1)
                : Attributes.None.With(LayerAlternatives.Form, 1).With(LayerAlternatives.Value, value);
        var constants = new Dictionary<string, Tensor>
        {
            ["w"] = Tensor.Zeros(DataType.Float32, Shape.Of(8, 6)),
            ["left"] = Tensor.Zeros(DataType.Float32, Shape.Of(8, 2)),
            ["right"] = Tensor.Zeros(DataType.Float32, Shape.Of(2, 6)),
        };
        return new Network(
            "forms",
            [new NetworkValue("x", Type(4, 8))],
            [new NetworkValue("z", Type(4, 6))],
            [
                new Node("exact", FusedOperators.Dense, 1, ["x", "w"], ["y"], Attributes.None),
                new Node("first", FusedOperators.Dense, 1, ["x", "left"], ["mid"], Form(null)),
                new Node("last", FusedOperators.Dense, 1, ["mid", "right"], ["low"], Form("y")),
                new Node("after", "Relu", 13, ["y"], ["z"], Attributes.None),
            ],
            constants.ToImmutableDictionary(),
            constants.ToImmutableDictionary(pair => pair.Key, pair => pair.Value.Type)
                .Add("x", Type(4, 8)).Add("y", Type(4, 6)).Add("mid", Type(4, 2)).Add("low", Type(4, 6)).Add("z", Type(4, 6)));
    }
}
