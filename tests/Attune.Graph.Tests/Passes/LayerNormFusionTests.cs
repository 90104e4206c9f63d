using Attune.Graph.Building;
using Attune.Kernels;
using Attune.Passes;

namespace Attune.Graph.Tests.Passes;

public sealed class LayerNormFusionTests
{
    [Theory]
    [InlineData(false, true, true)]
    [InlineData(true, true, true)]
    [InlineData(false, true, false)]
    [InlineData(false, false, false)]
    public void A_spelt_out_layer_norm_becomes_one_operator(bool twice, bool factor, bool summand)
    {
        Network network = Build((b, x) => Norm(b, x, twice, factor, summand));
        Network fused = Equivalence.Check(network, new LayerNormFusion());
        Node node = fused.Nodes.ShouldHaveSingleItem();
        node.Operator.ShouldBe("LayerNormalization");
        node.Inputs.Length.ShouldBe(summand ? 3 : 2);
        node.Attributes.Float("epsilon", 0).ShouldBe(1e-5f);
    }

    [Fact]
    public void Inner_values_that_others_need_stay()
    {
        Network network = Build((b, x) =>
        {
            string y = Norm(b, x, false, true, true);
            b.Output("ln.root");
            return y;
        });
        Equivalence.Check(network, new LayerNormFusion()).ShouldBeSameAs(network);
    }

    [Fact]
    public void A_mean_over_another_axis_is_no_layer_norm()
    {
        Network network = Build((b, x) => Norm(b, x, false, true, true, axis: 1));
        Equivalence.Check(network, new LayerNormFusion()).ShouldBeSameAs(network);
    }

    [Fact]
    public void A_factor_that_varies_along_rows_stays_outside()
    {
        Network network = Build((b, x) => b.Add("Mul", "scaled", [Norm(b, x, false, false, false), b.Constant("rows", Equivalence.Random(4, 5, 1))]));
        Equivalence.Operators(Equivalence.Check(network, new LayerNormFusion())).ShouldBe("LayerNormalization Mul");
    }

    private static Network Build(Func<NetworkBuilder, string, string> make)
    {
        var b = new NetworkBuilder("norm");
        b.Output(make(b, b.Input("x", 2, 5, 12)));
        return b.Build();
    }

    private static string Norm(NetworkBuilder b, string x, bool twice, bool factor, bool summand, long axis = -1)
    {
        var axes = ("axes", (object)new[] { axis });
        string mean = b.Add("ReduceMean", "ln.mean", [x], axes);
        string centred = b.Add("Sub", "ln.centred", [x, mean]);
        string again = twice ? b.Add("Sub", "ln.again", [x, mean]) : centred;
        string square = b.Add("Pow", "ln.square", [again, b.Constant("ln.two", Tensor.Scalar(2f))]);
        string variance = b.Add("Add", "ln.variance", [b.Add("ReduceMean", "ln.spread", [square], axes), b.Constant("ln.epsilon", Tensor.Scalar(1e-5f))]);
        string y = b.Add("Div", "ln.unit", [centred, b.Add("Sqrt", "ln.root", [variance])]);
        y = factor ? b.Add("Mul", "ln.scaled", [b.Constant("ln.gamma", Equivalence.Positive(9, 12)), y]) : y;
        return summand ? b.Add("Add", "ln.y", [y, b.Constant("ln.beta", Equivalence.Random(10, 12))]) : y;
    }
}
