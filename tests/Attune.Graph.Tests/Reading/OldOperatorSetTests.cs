using Attune.Graph.Faults;
using Attune.Kernels;

namespace Attune.Graph.Tests.Reading;

/// <summary>Operators of sets before 7, with values from their definitions.</summary>
public sealed class OldOperatorSetTests
{
    private static readonly float[] Six = [1, 2, 3, 4, 5, 6];

    [Fact]
    public void An_operand_goes_with_the_axes_that_the_axis_says()
    {
        SmallModel model = new SmallModel(6).Floats("x", [1, 2, 3], Six).Floats("b", [2], 10, 20)
            .Node("Add", "x b", "y", ("broadcast", 1L), ("axis", 1L)).Output("y");

        SmallModel.Near(model.Run()[0], 11, 12, 13, 24, 25, 26);
    }

    [Fact]
    public void A_constant_operand_keeps_being_a_constant()
    {
        SmallModel model = new SmallModel(3).Floats("x", [1, 2, 3], Six).Constant("b", Tensor.Vector(10f, 20f))
            .Node("Mul", "x b", "y", ("broadcast", 1L), ("axis", -2L), ("consumed_inputs", new long[] { 0, 0 })).Output("y");

        SmallModel.Near(model.Run()[0], 10, 20, 30, 80, 100, 120);
        model.Network().Nodes.ShouldHaveSingleItem().Attributes.Count.ShouldBe(0);
    }

    [Fact]
    public void Without_an_axis_the_last_axes_are_meant()
    {
        SmallModel model = new SmallModel(6).Floats("x", [2, 3], Six).Floats("b", [3], 1, 2, 3)
            .Node("Sub", "x b", "y", ("broadcast", 1L)).Output("y");

        SmallModel.Near(model.Run()[0], 0, 0, 0, 3, 3, 3);
    }

    [Fact]
    public void Slopes_go_with_channels()
    {
        SmallModel model = new SmallModel(6).Floats("x", [1, 2, 1, 2], -1, 1, -2, 2).Floats("s", [2], 0.5f, 0.25f).Node("PRelu", "x s", "y").Output("y");

        SmallModel.Near(model.Run()[0], -0.5f, 1, -0.5f, 2);
    }

    [Fact]
    public void Lists_and_types_are_where_they_were()
    {
        SmallModel model = new SmallModel(1).Floats("x", [1, 6], Six)
            .Node("Reshape", "x", "r", ("shape", new long[] { 0, 2, -1 }))
            .Node("Pad", "r", "p", ("paddings", new long[] { 0, 0, 1, 0, 0, 0 }), ("value", 9f))
            .Node("Concat", "p p", "c")
            .Node("Cast", "c", "y", ("to", "INT32")).Output("y");

        Tensor y = model.Run()[0];

        y.Shape.ShouldBe(Shape.Of(1, 4, 4));
        y.Elements<int>().ShouldBe([9, 1, 2, 3, 9, 4, 5, 6, 9, 1, 2, 3, 9, 4, 5, 6]);
    }

    [Fact]
    public void Images_are_enlarged_by_two_factors()
    {
        SmallModel model = new SmallModel(1).Floats("x", [1, 1, 1, 2], 1, 2)
            .Node("Upsample", "x", "y", ("height_scale", 2f), ("width_scale", 3f), ("mode", "nearest")).Output("y");

        SmallModel.Near(model.Run()[0], 1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2);
    }

    [Fact]
    public void One_axis_is_repeated()
    {
        SmallModel model = new SmallModel(1).Floats("x", [1, 2], 1, 2).Constant("n", Tensor.Scalar(2L)).Constant("axis", Tensor.Scalar(1L))
            .Node("Tile", "x n axis", "y").Output("y");

        SmallModel.Near(model.Run()[0], 1, 2, 1, 2);
    }

    [Fact]
    public void What_is_stored_for_training_runs_as_at_inference_with_a_warning()
    {
        SmallModel model = new SmallModel(6).Floats("x", [1, 2], 3, 4).Constant("one", Tensor.Vector(1f, 1f)).Constant("none", Tensor.Vector(0f, 0f))
            .Node("Dropout", "x", "d", ("ratio", 0.5f))
            .Node("BatchNormalization", "d one none one none", "y", ("epsilon", 0.25f), ("is_test", 1L)).Output("y");

        SmallModel.Near(model.Run()[0], 4, 6);
        model.Read().Value!.Warnings.ShouldHaveSingleItem().Message.ShouldContain("Dropout is stored for training");
    }

    [Fact]
    public void The_norm_was_a_number_with_a_fraction()
    {
        SmallModel model = new SmallModel(1).Floats("x", [1, 1, 1, 2], 3, 4).Node("GlobalLpPool", "x", "y", ("p", 2f)).Output("y");

        SmallModel.Near(model.Run()[0], 5);
    }

    [Fact]
    public void Operators_on_trial_are_written_in_others()
    {
        float[] image = [.. Enumerable.Range(0, 16).Select(static i => (float)i)];
        SmallModel model = new SmallModel(8).Floats("x", [1, 1, 4, 4], image)
            .Node("Crop", "x", "c", ("border", new long[] { 1, 0, 2, 1 }))
            .Node("ImageScaler", "c", "s", ("scale", 0.5f), ("bias", new[] { 1f }))
            .Node("Affine", "s", "y", ("alpha", 2f), ("beta", -1f)).Output("c", "y");

        Tensor[] results = model.Run();

        // Left 1, top 0, right 2, bottom 1 leave the second column of three rows.
        SmallModel.Near(results[0], 1, 5, 9);
        SmallModel.Near(results[1], 2, 6, 10);
        SmallModel sized = new SmallModel(1).Floats("x", [1, 1, 4, 4], image)
            .Node("Crop", "x", "y", ("border", new long[] { 1, 2, 0, 0 }), ("scale", new long[] { 1, 2 })).Output("y");
        SmallModel.Near(sized.Run()[0], 9, 10);
    }

    [Fact]
    public void Variance_is_normalised_by_channel_or_not_at_all()
    {
        SmallModel model = new SmallModel(1).Floats("x", [1, 2, 1, 2], 1, 3, 10, 30)
            .Node("MeanVarianceNormalization", "x", "y")
            .Node("MeanVarianceNormalization", "x", "z", ("across_channels", 1L), ("normalize_variance", 0L)).Output("y", "z");

        Tensor[] results = model.Run();

        SmallModel.Near(results[0], -1, 1, -1, 1);
        SmallModel.Near(results[1], -10, -8, -1, 19);
    }

    [Fact]
    public void Statistics_may_be_of_every_element()
    {
        SmallModel model = new SmallModel(8).Floats("x", [2, 1, 2], 1, 2, 3, 4)
            .Constant("s", Tensor.Of(Shape.Of(1, 2), new[] { 1f, 2 })).Constant("v", Tensor.Of(Shape.Of(1, 2), new[] { 4f, 1 }))
            .Node("BatchNormalization", "x s s s v", "y", ("spatial", 0L), ("epsilon", 0f)).Output("y");

        // (x - mean) / sqrt(variance) scale + bias, with mean, scale and bias alike.
        SmallModel.Near(model.Run()[0], 1, 2, 2, 6);
    }

    [Theory]
    [InlineData("Concat", "axis", "one")]
    [InlineData("Selu", "alpha", 1L)]
    [InlineData("Crop", "scale", 0.5f)]
    [InlineData("Affine", "alpha", "steep")]
    public void Attributes_of_another_kind_are_faults(string op, string attribute, object value) =>
        new SmallModel(6).Floats("x", [1, 1, 2, 2], 1, 2, 3, 4).Node(op, "x", "y", (attribute, value)).Output("y").Read().Error!.Faults.ShouldNotBeEmpty();

    [Fact]
    public void Files_from_before_operator_sets_have_the_first_one()
    {
        SmallModel model = new SmallModel(1).Floats("x", [1], -1).Node("Relu", "x", "y", ("consumed_inputs", new long[] { 0 })).Output("y");
        model.Proto.OpsetImport.Clear();
        model.Proto.IrVersion = 2;

        SmallModel.Near(model.Run()[0], 0);
    }

    [Fact]
    public void An_operator_set_of_the_future_is_refused()
    {
        SmallModel model = new SmallModel(27).Floats("x", [1], -1).Node("Relu", "x", "y").Output("y");

        model.Read().Error!.Faults.ShouldContain(
            static fault => fault.Code == FaultCodes.Opset && fault.Message == "The model needs operator set 27; supported are 1 to 26.");
    }
}
