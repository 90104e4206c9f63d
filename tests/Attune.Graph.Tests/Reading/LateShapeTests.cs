using Attune.Graph.Onnx;
using Attune.Kernels;
using Attune.Passes;

namespace Attune.Graph.Tests.Reading;

/// <summary>What has no types before a run stands at the end, in one node.</summary>
public sealed class LateShapeTests
{
    [Fact]
    public void What_stands_before_keeps_its_types()
    {
        SmallModel model = new SmallModel(16).Floats("x", [4], 1, 0, 2, 0).Node("Relu", "x", "r").Node("NonZero", "r", "p").Node("Transpose", "p", "t")
            .Node("Exp", "r", "e").Output("t", "e");
        Network network = model.Network();

        network.Nodes.Select(static node => node.Operator).ShouldBe(["Relu", "Exp", "attune.Dynamic"]);
        network.Nodes[^1].Inputs.ShouldBe(["r"]);
        network.Nodes[^1].Outputs.ShouldBe(["t"]);
        network.Outputs.Select(static output => output.Type.Element).ShouldBe([DataType.Undefined, DataType.Float32]);
        NetworkVerifier.Verify(network).ShouldBeEmpty();
        NetworkVerifier.Verify(PassPipeline.Default.Run(network)).ShouldBeEmpty();
    }

    [Fact]
    public void Others_read_it_as_plain_nodes()
    {
        Network network = new SmallModel(16).Floats("x", [4], 1, 0, 2, 0).Node("Relu", "x", "r").Node("NonZero", "r", "p").Output("p").Network();
        using var stream = new MemoryStream();
        OnnxWriter.Write(network, stream);
        var written = ModelProto.Parser.ParseFrom(stream.ToArray());

        written.Graph.Node.Select(static node => node.OpType).ShouldBe(["Relu", "NonZero"]);
        written.OpsetImport.ShouldHaveSingleItem().Domain.ShouldBeEmpty();
        stream.Position = 0;
        OnnxReader.Read(stream, "memory").Succeeded.ShouldBeTrue();
    }

    [Fact]
    public void Control_flow_that_a_run_decides_takes_what_its_bodies_read()
    {
        GraphProto then = SmallModel.Body(string.Empty, "a", SmallModel.Op("Mul", "r k", "a"));
        GraphProto other = SmallModel.Body(string.Empty, "r");
        SmallModel model = new SmallModel(16).Floats("x", [1], 3).Input("c", Tensor.Scalar(value: true)).Constant("k", Tensor.Vector(2f))
            .Node("Relu", "x", "r").Node("If", "c", "y", ("then_branch", then), ("else_branch", other)).Output("y");
        Network network = model.Network();

        network.Nodes[^1].Inputs.ShouldBe(["c", "k", "r"]);
        NetworkVerifier.Verify(PassPipeline.Default.Run(network)).ShouldBeEmpty();
    }

    [Fact]
    public void Nodes_that_nobody_asks_for_are_left_out()
    {
        SmallModel model = new SmallModel(16).Floats("x", [2], 1, 2).Node("NonZero", "x", "p").Node("Exp", "x", "y").Output("y");

        model.Network().Nodes.Select(static node => node.Operator).ShouldBe(["Exp"]);
    }

    [Fact]
    public void Open_extents_are_kept_beside_the_network_of_fixed_shapes()
    {
        SmallModel model = new SmallModel(16).Floats("x", [2, 3], 1, 2, 3, 4, 5, 6).Node("Relu", "x", "y").Output("y");
        model.Read().Value!.Open.ShouldBeNull();
        model.Proto.Graph.Input[0].Type.TensorType.Shape.Dim[0].DimParam = "rows";
        var options = new ReadOptions { Shapes = ReadOptions.ParseShapes(["rows=2"]).Value! };
        ReadModel read = OnnxReader.Read(new MemoryStream(Google.Protobuf.MessageExtensions.ToByteArray(model.Proto)), "memory", options)
            .OrThrow(static fault => fault.ToException());

        read.Network.Inputs[0].Type.Shape.ShouldBe(Shape.Of(2, 3));
        OpenNetwork open = read.Open.ShouldNotBeNull();
        open.Inputs.ShouldHaveSingleItem().ToString().ShouldBe("Float32[rowsx3]");
        open.Network.Nodes.ShouldHaveSingleItem().Operator.ShouldBe("Relu");
    }
}
