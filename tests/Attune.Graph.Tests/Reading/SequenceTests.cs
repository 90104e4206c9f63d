using Attune.Graph.Faults;
using Attune.Graph.Onnx;
using Attune.Kernels;

namespace Attune.Graph.Tests.Reading;

/// <summary>Sequences of known length are gone once a model is read; values by their definition.</summary>
public sealed class SequenceTests
{
    private static readonly float[] Six = [1, 2, 3, 4, 5, 6];

    [Fact]
    public void Parts_are_taken_changed_and_joined()
    {
        SmallModel model = new SmallModel(13).Floats("x", [3, 2], Six).Constant("first", Tensor.Scalar(0L)).Constant("last", Tensor.Scalar(-1L))
            .Node("SplitToSequence", "x", "rows")
            .Node("SequenceAt", "rows last", "row")
            .Node("SequenceErase", "rows first", "fewer")
            .Node("SequenceInsert", "fewer row first", "more")
            .Node("SequenceLength", "more", "count")
            .Node("ConcatFromSequence", "more", "y", ("axis", 1L)).Output("y", "count");

        Tensor[] results = model.Run();

        SmallModel.Near(results[0], 5, 6, 3, 4, 5, 6);
        results[1].Elements<long>().ShouldBe([3]);
    }

    [Fact]
    public void Parts_may_be_of_listed_lengths_or_without_their_axis()
    {
        SmallModel model = new SmallModel(13).Floats("x", [3, 2], Six).Constant("parts", Tensor.Vector(1L, 2L)).Constant("two", Tensor.Scalar(2L))
            .Constant("one", Tensor.Scalar(1L))
            .Node("SplitToSequence", "x parts", "a").Node("SequenceAt", "a one", "listed")
            .Node("SplitToSequence", "x two", "b").Node("SequenceAt", "b one", "equal")
            .Node("SplitToSequence", "x", "c", ("axis", 1L), ("keepdims", 0L)).Node("ConcatFromSequence", "c", "stacked", ("axis", 0L), ("new_axis", 1L))
            .Output("listed", "equal", "stacked");

        Tensor[] results = model.Run();

        SmallModel.Near(results[0], 3, 4, 5, 6);
        SmallModel.Near(results[1], 5, 6);
        results[2].Shape.ShouldBe(Shape.Of(2, 3));
        SmallModel.Near(results[2], 1, 3, 5, 2, 4, 6);
    }

    [Fact]
    public void A_loop_collects_into_a_sequence()
    {
        GraphProto body = SmallModel.Body("i go list", "on longer", SmallModel.Op("Identity", "go", "on"), SmallModel.Op("Cast", "i", "f", ("to", 1L)),
            SmallModel.Op("Mul", "x f", "part"), SmallModel.Op("SequenceInsert", "list part", "longer"));
        SmallModel model = new SmallModel(13).Floats("x", [2], 1, 2).Constant("n", Tensor.Scalar(3L))
            .Node("SequenceEmpty", string.Empty, "none").Node("Loop", "n  none", "all", ("body", body))
            .Node("ConcatFromSequence", "all", "y", ("axis", 0L)).Output("y");

        SmallModel.Near(model.Run()[0], 0, 0, 1, 2, 2, 4);
    }

    [Fact]
    public void A_position_that_depends_on_data_is_refused()
    {
        SmallModel model = new SmallModel(13).Floats("x", [3, 2], Six).Input("i", Tensor.Scalar(1L))
            .Node("SplitToSequence", "x", "rows").Node("SequenceAt", "rows i", "y").Output("y");

        model.Read().Error!.Faults.ShouldHaveSingleItem().Code.ShouldBe(FaultCodes.UnsupportedOperator);
    }
}
