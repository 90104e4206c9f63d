using Attune.Devices;
using Attune.Graph.Faults;
using Attune.Graph.Onnx;
using Attune.Graph.Tests.Fuzzing;
using Attune.Kernels;
using Attune.Reference;

namespace Attune.Graph.Tests.Reading;

/// <summary>A check refuses what a run would refuse, with the words of the run.</summary>
public sealed class RefusalTests
{
    [Fact]
    public void Training_outputs_of_a_normalisation_are_refused() =>
        Refused(9, Batch("y m v sm sv")).Message.ShouldContain("output 1 is not computed");

    [Fact]
    public void Dropping_at_random_is_refused()
    {
        NodeProto node = FuzzModels.Node("Dropout", "x ratio training", "y");
        TensorProto ratio = new() { Name = "ratio", DataType = 1, FloatData = { 0.5f } };
        TensorProto training = new() { Name = "training", DataType = (int)DataType.Bool, Int32Data = { 1 } };

        Refused(13, node, ratio, training).Message.ShouldContain("training mode");
        Read(13, node, new TensorProto { Name = "ratio", DataType = 1, FloatData = { 0 } }, training).Succeeded.ShouldBeTrue();
    }

    [Theory]
    [InlineData("Pad", "mode", "mirror")]
    [InlineData("Resize", "coordinate_transformation_mode", "nowhere")]
    [InlineData("Softmax", "axis", 9L)]
    [InlineData("Softmax", "axis", 1f)]
    [InlineData("Flatten", "axis", 9L)]
    [InlineData("LeakyRelu", "alpha", "steep")]
    [InlineData("LRN", "size", 0L)]
    [InlineData("Cast", "to", 17L)]
    public void Attributes_that_no_kernel_takes_are_refused(string op, string attribute, object value)
    {
        string inputs = op switch { "Pad" => "x pads", "Resize" => "x  scales", _ => "x" };
        NodeProto node = FuzzModels.Node(op, inputs, "y", (attribute, value));
        TensorProto pads = FuzzModels.Longs(0, 0, 0, 0);
        pads.Name = "pads";
        TensorProto scales = FuzzModels.Floats(2);
        scales.Name = "scales";

        ModelFault fault = Read(13, node, pads, scales).Error!.Faults.ShouldHaveSingleItem();

        fault.Code.ShouldBeOneOf(FaultCodes.TypeMismatch, FaultCodes.UnsupportedOperator);
        fault.Where.ShouldContain("n_y");
    }

    [Fact]
    public void Element_types_without_a_kernel_are_refused()
    {
        TensorProto flags = new() { Name = "flags", DataType = (int)DataType.Bool, Dims = { 1 }, Int32Data = { 1 } };
        Refused(13, FuzzModels.Node("Add", "flags flags", "y"), flags).Message.ShouldContain("Bool");
    }

    [Fact]
    public void Constants_that_contradict_an_operator_are_refused()
    {
        TensorProto index = FuzzModels.Longs(7);
        index.Name = "i";
        ModelFault outside = Read(13, FuzzModels.Node("Gather", "x i", "y"), index).Error!.Faults.ShouldHaveSingleItem();
        outside.Code.ShouldBe(FaultCodes.TypeMismatch);
        outside.Message.ShouldBe("Node 'n_y' (Gather): the index 7 is outside an axis of 2.");

        TensorProto zero = FuzzModels.Longs(0);
        zero.Name = "i";
        Read(13, FuzzModels.Node("Div", "i i", "y"), zero).Error!.Faults.ShouldHaveSingleItem().Message.ShouldContain("divided by zero");
        TensorProto minimum = FuzzModels.Longs(long.MinValue, -1);
        minimum.Name = "i";
        TensorProto minusOne = FuzzModels.Longs(-1, -1);
        minusOne.Name = "j";
        Read(13, FuzzModels.Node("Div", "i j", "y"), minimum, minusOne).Error!.Faults.ShouldHaveSingleItem().Message.ShouldContain("out of range");
    }

    [Fact]
    public void The_words_are_those_of_the_run()
    {
        NodeProto proto = Batch("y m v sm sv");
        Tensor x = Tensor.Of(Shape.Of(2, 3), new float[6]);
        Tensor s = Tensor.Of(Shape.Of(3), new float[] { 1, 1, 1 });
        var node = new Node(proto.Name, proto.OpType, 9, [.. proto.Input], [.. proto.Output], Attributes.None);

        string run = Should.Throw<UnsupportedOperatorException>(() => ReferenceKernels.Default.Run(node, [x, s, s, s, s])).Message;

        Refused(9, proto).Message.ShouldBe(run);
    }

    private static NodeProto Batch(string outputs) => FuzzModels.Node("BatchNormalization", "x s s s s", outputs);

    private static ModelFault Refused(int opset, NodeProto node, params TensorProto[] constants)
    {
        ModelFault fault = Read(opset, node, constants).Error!.Faults.ShouldHaveSingleItem();
        fault.Code.ShouldBe(FaultCodes.UnsupportedOperator);
        fault.Where.ShouldContain(node.Name);
        return fault;
    }

    private static Result<ReadModel, UnreadableModel> Read(int opset, NodeProto node, params TensorProto[] constants)
    {
        ModelProto model = FaultTests.Model([node]);
        model.OpsetImport[0].Version = opset;
        model.Graph.Output[0].Name = node.Output[0];
        TensorProto scale = FuzzModels.Floats(3);
        scale.Name = "s";
        model.Graph.Initializer.Add(constants);
        model.Graph.Initializer.Add(scale);
        return FaultTests.Read(model);
    }
}
