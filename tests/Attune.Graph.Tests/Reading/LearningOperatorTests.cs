using Attune.Graph.Onnx;
using Attune.Kernels;

namespace Attune.Graph.Tests.Reading;

/// <summary>Operators of ai.onnx.ml, with values from their definitions.</summary>
public sealed class LearningOperatorTests
{
    private const string Ml = "ai.onnx.ml.";

    [Fact]
    public void Features_are_shifted_and_scaled()
    {
        SmallModel model = new SmallModel(15).Input("x", Tensor.Of(Shape.Of(2, 2), new long[] { 1, 2, 3, 4 }))
            .Node(Ml + "Scaler", "x", "y", ("offset", new[] { 1f, 2f }), ("scale", new[] { 2f })).Output("y");

        SmallModel.Near(model.Run()[0], 0, 0, 4, 4);
    }

    [Theory]
    [InlineData("MAX", new[] { 0.75f, 1f, 0f, 0f })]
    [InlineData("L1", new[] { 3 / 7f, 4 / 7f, 0f, 0f })]
    [InlineData("L2", new[] { 0.6f, 0.8f, 0f, 0f })]
    public void Rows_are_divided_by_their_norm(string norm, float[] expected)
    {
        SmallModel model = new SmallModel(15).Floats("x", [2, 2], 3, 4, 0, 0).Node(Ml + "Normalizer", "x", "y", ("norm", norm)).Output("y");

        SmallModel.Near(model.Run()[0], expected);
    }

    [Fact]
    public void Values_are_compared_replaced_and_chosen()
    {
        SmallModel model = new SmallModel(15).Floats("x", [2, 2], 1, float.NaN, 3, 4).Constant("i", Tensor.Vector(1L, 1L, 0L))
            .Node(Ml + "Imputer", "x", "full", ("imputed_value_floats", new[] { 7f, 8f }), ("replaced_value_float", float.NaN))
            .Node(Ml + "Binarizer", "full", "above", ("threshold", 3f))
            .Node(Ml + "ArrayFeatureExtractor", "full i", "chosen")
            .Node(Ml + "FeatureVectorizer", "full above", "beside").Output("full", "above", "chosen", "beside");

        Tensor[] results = model.Run();

        SmallModel.Near(results[0], 1, 8, 3, 4);
        SmallModel.Near(results[1], 0, 1, 0, 1);
        SmallModel.Near(results[2], 8, 8, 1, 4, 4, 3);
        SmallModel.Near(results[3], 1, 8, 0, 1, 3, 4, 0, 1);
    }

    [Fact]
    public void Labels_and_categories_are_looked_up()
    {
        SmallModel model = new SmallModel(15).Input("x", Tensor.Vector(3L, 5L, 9L))
            .Node(Ml + "LabelEncoder", "x", "y", ("keys_int64s", new long[] { 5, 3 }), ("values_floats", new[] { 0.5f, 0.3f }), ("default_float", -1f))
            .Node(Ml + "OneHotEncoder", "x", "z", ("cats_int64s", new long[] { 9, 3 })).Output("y", "z");

        Tensor[] results = model.Run();

        SmallModel.Near(results[0], 0.3f, 0.5f, -1);
        SmallModel.Near(results[1], 0, 1, 0, 0, 1, 0);
    }

    [Fact]
    public void A_linear_regressor_has_a_row_of_coefficients_for_each_target()
    {
        SmallModel model = new SmallModel(15).Floats("x", [2, 2], 1, 2, 3, 4)
            .Node(Ml + "LinearRegressor", "x", "y", ("coefficients", new[] { 1f, 10, 2, 0 }), ("intercepts", new[] { 0.5f, -1 }), ("targets", 2L)).Output("y");

        SmallModel.Near(model.Run()[0], 21.5f, 1, 43.5f, 5);
    }

    [Fact]
    public void A_linear_classifier_names_the_class_with_the_largest_sum()
    {
        SmallModel model = new SmallModel(15).Floats("x", [2, 1], 1, -2)
            .Node(
                Ml + "LinearClassifier", "x", "label scores", ("coefficients", new[] { -1f, 1 }), ("intercepts", new[] { 0f, 0 }),
                ("classlabels_ints", new long[] { 4, 6 }), ("post_transform", "LOGISTIC"))
            .Node(Ml + "ZipMap", "scores", "maps", ("classlabels_int64s", new long[] { 4, 6 })).Output("label", "maps");
        model.Proto.Graph.Output[1].Type = new TypeProto { SequenceType = new TypeProto.Types.OfElements { ElemType = new TypeProto() } };

        Tensor[] results = model.Run();

        results[0].Elements<long>().ShouldBe([6, 4]);
        SmallModel.Near(results[1], 0.26894142f, 0.7310586f, 0.8807971f, 0.11920292f);
        model.Read().Value!.Warnings.ShouldHaveSingleItem().Message.ShouldContain("'maps' is not a list of maps from class to value but the table");
    }

    [Fact]
    public void Trees_add_what_their_leaves_say()
    {
        SmallModel model = Trees("TreeEnsembleRegressor", "target", 1, ("n_targets", 2L), ("base_values", new[] { 100f, 0 }));

        // The first row goes left in both trees, the second right, the third is missing and goes the way that the nodes say.
        SmallModel.Near(model.Run()[0], 101, 10, 100, 22, 100, 12);
    }

    [Fact]
    public void Averages_are_taken_over_trees()
    {
        SmallModel model = Trees("TreeEnsembleRegressor", "target", 1, ("n_targets", 2L), ("aggregate_function", "AVERAGE"));

        SmallModel.Near(model.Run()[0], 0.5f, 5, 0, 11, 0, 6);
    }

    [Fact]
    public void Classes_are_those_with_the_largest_sum()
    {
        SmallModel model = Trees("TreeEnsembleClassifier", "class", 2, ("classlabels_int64s", new long[] { 7, 9 }), ("post_transform", "SOFTMAX"));

        Tensor[] results = model.Run();

        results[0].Elements<long>().ShouldBe([9, 9, 9]);
        results[1].Elements<float>()[0].ShouldBe(1 / (1 + MathF.Exp(9)), 1e-6f);
    }

    [Theory]
    [InlineData(0.25f, 0.5f, "NONE", new[] { 0.75f, 0.25f, 0.5f, 0.5f }, new long[] { 0, 0 })]
    [InlineData(-1f, 2f, "NONE", new[] { 1f, -1, -2, 2 }, new long[] { 0, 1 })]
    [InlineData(-1f, 2f, "LOGISTIC", new[] { 0.7310586f, 0.26894142f, 0.11920292f, 0.8807971f }, new long[] { 0, 1 })]
    public void Leaves_of_one_class_speak_against_the_other(float left, float right, string transform, float[] scores, long[] labels)
    {
        SmallModel model = new SmallModel(15).Floats("x", [2, 1], 0, 2).Node(
            Ml + "TreeEnsembleClassifier", "x", "label scores", ("nodes_treeids", new long[] { 0, 0, 0 }), ("nodes_nodeids", new long[] { 0, 1, 2 }),
            ("nodes_featureids", new long[] { 0, 0, 0 }), ("nodes_values", new[] { 1f, 0, 0 }), ("nodes_modes", new[] { "BRANCH_LT", "LEAF", "LEAF" }),
            ("nodes_truenodeids", new long[] { 1, 0, 0 }), ("nodes_falsenodeids", new long[] { 2, 0, 0 }), ("class_treeids", new long[] { 0, 0 }),
            ("class_nodeids", new long[] { 1, 2 }), ("class_ids", new long[] { 1, 1 }), ("class_weights", new[] { left, right }),
            ("classlabels_int64s", new long[] { 0, 1 }), ("post_transform", transform)).Output("label", "scores");

        Tensor[] results = model.Run();

        results[0].Elements<long>().ShouldBe(labels);
        SmallModel.Near(results[1], scores);
    }

    [Fact]
    public void Trees_that_lead_nowhere_are_a_fault()
    {
        SmallModel model = Trees("TreeEnsembleRegressor", "target", 1, ("n_targets", 1L));

        model.Read().Error!.Faults.ShouldHaveSingleItem().Message.ShouldContain("result 1 of node 2 in tree 0 belongs nowhere");
    }

    // Tree 0: x0 <= 1 ? (0: 1) : (1: 2). Tree 1: x1 > 5 ? (1: 20) : (1: 10). Missing values go left in the first tree only by name: they do not.
    private static SmallModel Trees(string op, string what, int outputs, params (string Name, object Value)[] further) => new SmallModel(15)
        .Floats("x", [3, 2], 1, 5, 2, 6, float.NaN, float.NaN)
        .Node(
            Ml + op, "x", outputs == 1 ? "y" : "y z",
            [
                ("nodes_treeids", new long[] { 0, 0, 0, 1, 1, 1 }), ("nodes_nodeids", new long[] { 0, 1, 2, 0, 1, 2 }),
                ("nodes_featureids", new long[] { 0, 0, 0, 1, 0, 0 }), ("nodes_values", new[] { 1f, 0, 0, 5, 0, 0 }),
                ("nodes_modes", new[] { "BRANCH_LEQ", "LEAF", "LEAF", "BRANCH_GT", "LEAF", "LEAF" }),
                ("nodes_truenodeids", new long[] { 1, 0, 0, 2, 0, 0 }), ("nodes_falsenodeids", new long[] { 2, 0, 0, 1, 0, 0 }),
                ($"{what}_treeids", new long[] { 0, 0, 1, 1 }), ($"{what}_nodeids", new long[] { 1, 2, 1, 2 }), ($"{what}_ids", new long[] { 0, 1, 1, 1 }),
                ($"{what}_weights", new[] { 1f, 2, 10, 20 }), .. further,
            ])
        .Output(outputs == 1 ? ["y"] : ["y", "z"]);
}
