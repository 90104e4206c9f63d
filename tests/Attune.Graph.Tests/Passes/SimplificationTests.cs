using Attune.Graph.Building;
using Attune.Kernels;
using Attune.Passes;

namespace Attune.Graph.Tests.Passes;

public sealed class SimplificationTests
{
    [Fact]
    public void Shape_arithmetic_folds_away()
    {
        var b = new NetworkBuilder("flatten by shape");
        string x = b.Input("x", 2, 3, 4);
        string first = b.Add("Gather", "first", [b.Add("Shape", "shape", [x]), b.Constant("zero", Tensor.Scalar(0L))], ("axis", 0));
        string row = b.Add("Unsqueeze", "row", [first, b.Constant("axes", Tensor.Vector(0L))]);
        string target = b.Add("Concat", "target", [row, b.Constant("rest", Tensor.Vector(-1L))], ("axis", 0));
        b.Output(b.Add("Reshape", "y", [x, target]));

        Network network = b.Build();
        network.TypeOf("y").Shape.ShouldBe(Shape.Of(2, 12));
        Equivalence.Operators(Equivalence.Default(network)).ShouldBe("Reshape");
    }

    [Fact]
    public void Folding_uses_the_kernel_it_is_given()
    {
        var b = new NetworkBuilder("injected");
        string c = b.Constant("c", Tensor.Vector(1f, 2f));
        b.Output(b.Add("Add", "y", [b.Input("x", 2), b.Add("Exp", "e", [c])]));

        Network folded = new ConstantFolding((node, _) => node.Operator == "Exp" ? [Tensor.Vector(5f, 6f)] : null).Run(b.Build());

        folded.Constants["e"].Elements<float>().ShouldBe([5f, 6f]);
        Equivalence.Operators(folded).ShouldBe("Add");
    }

    [Fact]
    public void A_kernel_that_refuses_leaves_the_node()
    {
        var b = new NetworkBuilder("refused");
        b.Output(b.Add("Exp", "y", [b.Constant("c", Tensor.Vector(1f))]));

        Network same = new ConstantFolding((_, _) => throw new ArgumentException("no")).Run(b.Build());

        Equivalence.Operators(same).ShouldBe("Exp");
    }

    [Fact]
    public void Operators_that_change_nothing_disappear_and_outputs_keep_their_names()
    {
        var b = new NetworkBuilder("nothing");
        string y = b.Add("Relu", "relu", [b.Input("x", 1, 2, 3)]);
        y = b.Add("Identity", "id", [y]);
        y = b.Add("Dropout", "drop", [y]);
        y = b.Add("Cast", "cast", [y], ("to", 1));
        y = b.Add("Transpose", "turn", [y], ("perm", new long[] { 0, 1, 2 }));
        y = b.Add("Reshape", "same", [y, b.Constant("s", Tensor.Vector(1L, 2, 3))]);
        y = b.Add("Concat", "alone", [y], ("axis", 0));
        b.Output(b.Add("Identity", "y", [y]));

        Network simple = Equivalence.Check(b.Build(), new IdentityRemoval(), new DeadCodeRemoval());

        simple.Nodes.ShouldHaveSingleItem().Outputs.ShouldHaveSingleItem().ShouldBe("y");
        simple.Constants.ShouldBeEmpty();
    }

    [Fact]
    public void A_reversing_slice_and_a_shifting_pad_are_no_identities()
    {
        var b = new NetworkBuilder("same shape, other contents");
        string x = b.Input("x", 4);
        string back = b.Add("Slice", "back", [x, b.Constant("s", Tensor.Vector(-1L)), b.Constant("e", Tensor.Vector(-5L)), b.Constant(
            "a",
            Tensor.Vector(0L)), b.Constant("t", Tensor.Vector(-1L))]);
        b.Output(b.Add("Pad", "y", [back, b.Constant("p", Tensor.Vector(1L, -1))]));

        Equivalence.Operators(Equivalence.Default(b.Build())).ShouldBe("Slice Pad");
    }

    [Fact]
    public void An_identity_of_an_input_that_is_an_output_stays()
    {
        var b = new NetworkBuilder("echo");
        b.Output(b.Add("Identity", "y", [b.Input("x", 2)]));

        Equivalence.Operators(Equivalence.Default(b.Build())).ShouldBe("Identity");
    }

    [Fact]
    public void Dead_code_goes_with_its_constants()
    {
        var b = new NetworkBuilder("dead");
        string x = b.Input("x", 2);
        b.Add("Add", "unused", [x, b.Constant("c", Tensor.Vector(1f, 2f))]);
        b.Output(b.Add("Relu", "y", [x]));

        Network alive = Equivalence.Check(b.Build(), new DeadCodeRemoval());

        Equivalence.Operators(alive).ShouldBe("Relu");
        alive.Constants.ShouldBeEmpty();
        alive.Types.Keys.ShouldBe(["x", "y"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("Conv", 0f, true)]
    [InlineData("Conv", 1f, false)]
    [InlineData("AveragePool", 0f, true)]
    [InlineData("AveragePool", 1f, false)]
    [InlineData("MaxPool", 0f, false)]
    [InlineData("MaxPool", float.NegativeInfinity, true)]
    public void Padding_folds_only_where_it_stays_exact(string operation, float fill, bool folds)
    {
        var b = new NetworkBuilder("pad");
        string x = b.Input("x", 1, 2, 5, 5);
        string padded = b.Add("Pad", "pad", [x, b.Constant("pads", Tensor.Vector(0L, 0, 1, 0, 0, 0, 1, 2)), b.Constant("fill", Tensor.Scalar(fill))]);
        string y = operation == "Conv"
            ? b.Add("Conv", "y", [padded, b.Constant("w", Equivalence.Random(1, 2, 2, 3, 3))])
            : b.Add(operation, "y", [padded], ("kernel_shape", new long[] { 3, 3 }));
        b.Output(y);

        Network folded = Equivalence.Check(b.Build(), new ExplicitPadding(), new PaddingFolding());

        Equivalence.Operators(folded).ShouldBe(folds ? operation : $"Pad {operation}");
    }

    [Fact]
    public void Average_pool_that_excludes_its_own_padding_keeps_the_pad()
    {
        var b = new NetworkBuilder("pad");
        string padded = b.Add("Pad", "pad", [b.Input("x", 1, 2, 5, 5), b.Constant("pads", Tensor.Vector(0L, 0, 1, 1, 0, 0, 1, 1))]);
        b.Output(b.Add("AveragePool", "y", [padded], ("kernel_shape", new long[] { 3, 3 }), ("pads", new long[] { 1, 1, 1, 1 })));

        Equivalence.Operators(Equivalence.Default(b.Build())).ShouldBe("Pad AveragePool");
    }
}
