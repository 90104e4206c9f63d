using Attune.Devices;
using Attune.Graph.Building;
using Attune.Graph.Onnx;
using Attune.Graph.Reading;
using Attune.Graph.Zoo;
using Attune.Kernels;

namespace Attune.Graph.Tests.Writing;

public sealed class RoundTripTests
{
    [Theory]
    [InlineData("squeezenet_v1.1", long.MaxValue)]
    [InlineData("mobilenet_v2", 1000)]
    public void A_written_model_reads_back_the_same(string name, long largestInline)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model.onnx");
        Network network = ModelZoo.Create(name);

        OnnxWriter.Write(network, path, largestInline);
        Result<ReadModel, UnreadableModel> result = OnnxReader.Read(path);

        result.Error.ShouldBeNull();
        result.Value!.Warnings.ShouldBeEmpty();
        ShouldEqual(result.Value.Network, network);
        Directory.GetFiles(folder.Path).Select(Path.GetFileName).ShouldBe(
            largestInline > 1000 ? ["model.onnx"] : ["model.onnx", "model.onnx.data"], ignoreOrder: true);
    }

    [Fact]
    public void All_kinds_of_attributes_survive()
    {
        var b = new NetworkBuilder("attributes");
        string x = b.Input("x", 1, 4, 4, 4);
        b.Output(b.Add(
            "Relu",
            "y",
            [x],
            ("int", 3L),
            ("float", 0f),
            ("text", "häßlich"),
            ("ints", new long[] { 1, -2, long.MaxValue }),
            ("floats", new[] { 1.5f, float.NegativeInfinity }),
            ("texts", new[] { "a", string.Empty }),
            ("tensor", Tensor.Vector(1.0, 2.0))));
        Network network = b.Build();
        using var stream = new MemoryStream();
        OnnxWriter.Write(network, stream);
        stream.Position = 0;

        Attributes read = OnnxReader.Read(stream, "memory").OrThrow(unreadable => unreadable.ToException()).Network.Nodes[0].Attributes;

        read.Int("int", 0).ShouldBe(3);
        read.Float("float", 1).ShouldBe(0);
        read.Text("text", "").ShouldBe("häßlich");
        read.Ints("ints")!.Value.ShouldBe([1, -2, long.MaxValue]);
        read.Floats("floats")!.Value.ShouldBe([1.5f, float.NegativeInfinity]);
        read.Texts("texts")!.Value.ShouldBe(["a", ""]);
        read.Tensor("tensor")!.Elements<double>().ShouldBe([1, 2]);
    }

    [Fact]
    public void Tensors_of_every_element_type_survive()
    {
        using var folder = new TemporaryFolder();
        Tensor[] tensors =
        [
            Tensor.Vector(1.5f, float.NaN), Tensor.Vector(2.5, -0.0), Tensor.Vector((Half)0.5f), Tensor.Vector(BFloat16.FromSingle(3)),
            Tensor.Vector<sbyte>(-1, 127), Tensor.Vector<short>(-300), Tensor.Vector(-70000), Tensor.Vector(long.MinValue),
            Tensor.Vector<byte>(255), Tensor.Vector<ushort>(65535), Tensor.Vector(uint.MaxValue), Tensor.Vector(ulong.MaxValue),
            Tensor.Vector(true, false), Tensor.Vector("tensor", "§"), Tensor.Scalar(7f), Tensor.Zeros(DataType.Float32, Shape.Of(0, 3)),
        ];
        foreach (Tensor tensor in tensors)
        {
            TensorFile.WriteProtobuf(folder.File("t.pb"), tensor, "name");
            Tensor read = TensorFile.ReadProtobuf(folder.File("t.pb")).Value.ShouldNotBeNull();

            TensorProto.Parser.ParseFrom(File.ReadAllBytes(folder.File("t.pb"))).Name.ShouldBe("name");
            read.Type.ShouldBe(tensor.Type);
            read.Data.Cast<object>().ShouldBe(tensor.Data.Cast<object>());
        }
    }

    [Fact]
    public void A_rewritten_network_of_mixed_operator_sets_is_refused()
    {
        var b = new NetworkBuilder("mixed");
        b.Output(b.Add("Relu", "y", [b.Add("Abs", "a", [b.Input("x", 2)])]));
        Network network = b.Build();
        network = network with { Nodes = network.Nodes.SetItem(1, network.Nodes[1] with { Opset = 20 }) };

        Should.Throw<InvalidOperationException>(() => OnnxWriter.Write(network, Stream.Null)).Message.ShouldContain("13, 20");
    }

    private static void ShouldEqual(Network actual, Network expected)
    {
        actual.Name.ShouldBe(expected.Name);
        actual.Inputs.ShouldBe(expected.Inputs);
        actual.Outputs.ShouldBe(expected.Outputs);
        actual.Nodes.Select(node => node.ToString()).ShouldBe(expected.Nodes.Select(node => node.ToString()));
        actual.Types.OrderBy(pair => pair.Key, StringComparer.Ordinal).ShouldBe(expected.Types.OrderBy(pair => pair.Key, StringComparer.Ordinal));
        actual.Constants.Keys.ShouldBe(expected.Constants.Keys, ignoreOrder: true);
        foreach ((string name, Tensor tensor) in expected.Constants)
        {
            actual.Constants[name].Elements<float>().AsSpan().SequenceEqual(tensor.Elements<float>()).ShouldBeTrue(name);
        }
    }
}
