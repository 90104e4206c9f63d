using Attune.Graph.Onnx;
using Attune.Kernels;

namespace Attune.Graph.Tests.Reading;

/// <summary>Models of 16-bit floats compute in 32-bit ones.</summary>
public sealed class HalfModelTests
{
    [Fact]
    public void Values_are_converted_where_they_enter_and_leave_and_nowhere_else()
    {
        SmallModel model = Model();
        Network network = model.Network();

        network.Inputs.ShouldHaveSingleItem().Type.ShouldBe(new TensorType(DataType.Float16, Shape.Of(2)));
        network.Outputs.ShouldHaveSingleItem().Type.ShouldBe(new TensorType(DataType.Float16, Shape.Of(2)));
        network.Types.Where(static entry => entry.Value.Element == DataType.Float16).Select(static entry => entry.Key).ShouldBe(["x", "y"], ignoreOrder: true);
        network.Constants["w"].Element.ShouldBe(DataType.Float32);
    }

    [Fact]
    public void What_would_overflow_on_the_way_does_not()
    {
        // 300 squared is above the largest half; its root is not.
        Tensor result = Model().Run()[0];
        result.Elements<Half>().ShouldBe([(Half)600f, (Half)4f]);
    }

    [Fact]
    public void Conversions_within_the_model_and_bodies_are_of_32_bits_too()
    {
        GraphProto then = SmallModel.Body(string.Empty, "p", SmallModel.Op("Mul", "h k", "p"));
        then.Initializer.Add(OnnxTensorWriter.Write(Tensor.Vector((Half)3f), "k"));
        GraphProto other = SmallModel.Body(string.Empty, "n", SmallModel.Op("Neg", "h", "n"));
        SmallModel model = new SmallModel(16).Floats("x", [1], 0.1f).Input("c", Tensor.Scalar(value: true))
            .Node("Cast", "x", "h", ("to", (long)DataType.Float16))
            .Node("If", "c", "r", ("then_branch", then), ("else_branch", other))
            .Node("Cast", "r", "y", ("to", (long)DataType.Float32)).Output("y");

        model.Run()[0].Elements<float>().ShouldBe([0.1f * 3f]);
    }

    [Fact]
    public void An_input_that_is_an_output_and_a_constant_that_is_one_keep_their_type()
    {
        SmallModel model = new SmallModel(16).Input("x", Tensor.Vector((Half)1.5f)).Constant("k", Tensor.Vector((Half)2.5f)).Node("Relu", "x", "y");
        model.Proto.Graph.Output.Add(SmallModel.Declared("x", DataType.Float16, 1));
        model.Proto.Graph.Output.Add(SmallModel.Declared("k", DataType.Float16, 1));
        model.Proto.Graph.Output.Add(SmallModel.Declared("y", DataType.Float16, 1));

        Tensor[] results = model.Run();

        results[0].Elements<Half>().ShouldBe([(Half)1.5f]);
        results[1].Elements<Half>().ShouldBe([(Half)2.5f]);
        results[2].Elements<Half>().ShouldBe([(Half)1.5f]);
    }

    private static SmallModel Model()
    {
        SmallModel model = new SmallModel(16).Input("x", Tensor.Vector((Half)300f, (Half)2f)).Constant("w", Tensor.Vector((Half)4f))
            .Node("Mul", "x x", "s").Node("Mul", "s w", "t").Node("Sqrt", "t", "y");
        model.Proto.Graph.Output.Add(SmallModel.Declared("y", DataType.Float16, 2));
        return model;
    }
}
