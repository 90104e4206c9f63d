using Attune.Graph.Faults;
using Attune.Graph.Onnx;
using Attune.Kernels;

namespace Attune.Graph.Tests.Reading;

/// <summary>Control flow whose way is known when a model is read is gone afterwards.</summary>
public sealed class ControlFlowTests
{
    [Theory]
    [InlineData(2, 4f)]
    [InlineData(3, -2f)]
    public void A_condition_on_a_shape_chooses_the_branch(int rows, float expected)
    {
        GraphProto then = SmallModel.Body(string.Empty, "r", SmallModel.Op("Add", "x x", "r"));
        GraphProto other = SmallModel.Body(string.Empty, "r", SmallModel.Op("Neg", "x", "r"));
        SmallModel model = new SmallModel(16).Floats("x", [rows, 1], [.. Enumerable.Repeat(2f, rows)]).Constant("two", Tensor.Scalar(2L))
            .Constant("zero", Tensor.Scalar(0L))
            .Node("Shape", "x", "s").Node("Gather", "s zero", "n").Node("Equal", "n two", "c")
            .Node("If", "c", "y", ("then_branch", then), ("else_branch", other)).Output("y");

        SmallModel.Near(model.Run()[0], [.. Enumerable.Repeat(expected, rows)]);
        model.Network().Nodes.ShouldNotContain(static node => node.Operator == "If");
    }

    [Fact]
    public void A_branch_may_give_outer_values_and_hold_constants_and_branches()
    {
        GraphProto inner = SmallModel.Body(string.Empty, "q", SmallModel.Op("Mul", "x k", "q"));
        GraphProto then = SmallModel.Body(string.Empty, "p x", SmallModel.Op("If", "yes", "p", ("then_branch", inner), ("else_branch", inner)));
        then.Initializer.Add(OnnxTensorWriter.Write(Tensor.Scalar(5f), "k"));
        SmallModel model = new SmallModel(16).Floats("x", [1], 2).Constant("yes", Tensor.Scalar(value: true))
            .Node("If", "yes", "y z", ("then_branch", then), ("else_branch", then)).Output("y", "z");

        Tensor[] results = model.Run();

        SmallModel.Near(results[0], 10);
        SmallModel.Near(results[1], 2);
    }

    [Fact]
    public void A_loop_of_known_length_is_unrolled_and_its_outputs_are_stacked()
    {
        GraphProto body = SmallModel.Body("i go a", "on b seen", SmallModel.Op("Identity", "go", "on"), SmallModel.Op("Add", "a x", "b"),
            SmallModel.Op("Cast", "i", "f", ("to", 1L)), SmallModel.Op("Mul", "b f", "seen"));
        SmallModel model = new SmallModel(13).Floats("x", [2], 1, 2).Constant("n", Tensor.Scalar(3L)).Constant("yes", Tensor.Scalar(value: true))
            .Node("Loop", "n yes x", "last all", ("body", body)).Output("last", "all");

        Tensor[] results = model.Run();

        SmallModel.Near(results[0], 4, 8);
        results[1].Shape.ShouldBe(Shape.Of(3, 2));
        SmallModel.Near(results[1], 0, 0, 3, 6, 8, 16);
        model.Network().Nodes.ShouldNotContain(static node => node.Operator == "Loop");
    }

    [Fact]
    public void A_condition_that_counts_ends_a_loop()
    {
        GraphProto body = SmallModel.Body("i go a", "on b", SmallModel.Op("Less", "i two", "on"), SmallModel.Op("Add", "a a", "b"));
        SmallModel model = new SmallModel(13).Floats("x", [1], 1).Constant("two", Tensor.Scalar(2L)).Node("Loop", "  x", "y", ("body", body)).Output("y");

        // Rounds 0, 1 and 2 run; the third says no.
        SmallModel.Near(model.Run()[0], 8);
    }

    [Fact]
    public void A_loop_without_rounds_gives_what_it_began_with()
    {
        GraphProto body = SmallModel.Body("i go a", "on b seen", SmallModel.Op("Identity", "go", "on"), SmallModel.Op("Add", "a x", "b"),
            SmallModel.Op("Neg", "b", "seen"));
        body.Output[2] = SmallModel.Declared("seen", DataType.Float32, 2);
        SmallModel model = new SmallModel(13).Floats("x", [2], 1, 2).Constant("n", Tensor.Scalar(0L)).Node("Loop", "n  x", "last all", ("body", body))
            .Output("last", "all");

        Tensor[] results = model.Run();

        SmallModel.Near(results[0], 1, 2);
        results[1].Shape.ShouldBe(Shape.Of(0, 2));
    }

    [Fact]
    public void A_condition_that_depends_on_data_is_left_to_the_run()
    {
        GraphProto body = SmallModel.Body("i go a", "on b", SmallModel.Op("ReduceSum", "a", "s", ("keepdims", 0L)), SmallModel.Op("Less", "s ten", "on"),
            SmallModel.Op("Add", "a a", "b"));
        SmallModel model = new SmallModel(13).Floats("x", [1], 1).Constant("ten", Tensor.Scalar(10f)).Constant("n", Tensor.Scalar(9L))
            .Node("Loop", "n  x", "y", ("body", body)).Output("y");

        model.Network().Nodes.ShouldHaveSingleItem().Operator.ShouldBe("attune.Dynamic");
        SmallModel.Near(model.Run()[0], 32);
    }

    [Fact]
    public void Loops_in_loops_that_explode_stay_what_they_are()
    {
        GraphProto body = SmallModel.Body("i go a", "on b", SmallModel.Op("Identity", "go", "on"), SmallModel.Op("Neg", "a", "b"));
        for (int level = 0; level < 5; level++)
        {
            body = SmallModel.Body($"i{level} go{level} a{level}", $"on{level} b{level}", SmallModel.Op("Identity", $"go{level}", $"on{level}"),
                SmallModel.Op("Loop", $"n  a{level}", $"b{level}", ("body", body)));
        }

        SmallModel model = new SmallModel(13).Floats("x", [1], 1).Constant("n", Tensor.Scalar(20L)).Node("Loop", "n  x", "y", ("body", body)).Output("y");

        model.Network().Nodes.ShouldContain(static node => node.Operator == "attune.Dynamic");
        model.Network().Nodes.Length.ShouldBeLessThan(20_000);
    }

    [Fact]
    public void Bodies_are_sorted_and_read_nothing_that_is_not_there()
    {
        GraphProto unsorted = SmallModel.Body(string.Empty, "r", SmallModel.Op("Neg", "s", "r"), SmallModel.Op("Add", "x x", "s"));
        GraphProto broken = SmallModel.Body(string.Empty, "nowhere");

        SmallModel.Near(Model(unsorted).Run()[0], -4);
        Model(broken).Read().Error!.Faults.ShouldContain(static fault => fault.Code == FaultCodes.UndefinedValue && fault.Message.Contains("'nowhere'"));

        static SmallModel Model(GraphProto body) => new SmallModel(16).Floats("x", [1], 2).Constant("yes", Tensor.Scalar(value: true))
            .Node("If", "yes", "y", ("then_branch", body), ("else_branch", body)).Output("y");
    }

    [Fact]
    public void A_scan_is_unrolled_in_its_direction()
    {
        GraphProto body = SmallModel.Body("sum part", "next seen", SmallModel.Op("Add", "sum part", "next"), SmallModel.Op("Identity", "next", "seen"));
        SmallModel model = new SmallModel(11).Floats("x", [1, 3], 1, 2, 4).Floats("zero", [1], 0)
            .Node("Scan", "zero x", "last all", ("body", body), ("num_scan_inputs", 1L), ("scan_input_axes", new long[] { 1 }),
                ("scan_input_directions", new long[] { 1 }), ("scan_output_axes", new long[] { 1 })).Output("last", "all");

        Tensor[] results = model.Run();

        SmallModel.Near(results[0], 7);
        results[1].Shape.ShouldBe(Shape.Of(1, 3));
        SmallModel.Near(results[1], 4, 6, 7);
    }
}
