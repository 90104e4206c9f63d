using Attune.Devices;
using Attune.Graph.Onnx;
using Attune.Graph.Tests.Fuzzing;
using Attune.Kernels;
using Attune.Reference;
using Google.Protobuf;
using Kind = Attune.Graph.Onnx.AttributeProto.Types.Kind;

namespace Attune.Graph.Tests.Reading;

/// <summary>A model written down in a test, read strictly and run with the reference kernels.</summary>
internal sealed class SmallModel
{
    private readonly Dictionary<string, Tensor> data = new(StringComparer.Ordinal);

    public SmallModel(int opset) =>
        Proto = new ModelProto { IrVersion = 8, Graph = new GraphProto { Name = "small" }, OpsetImport = { new OperatorSetIdProto { Version = opset } } };

    public ModelProto Proto { get; }

    public SmallModel Input(string name, Tensor value)
    {
        Proto.Graph.Input.Add(Declared(name, value.Element, value.Shape.Dimensions.ToArray()));
        data.Add(name, value);
        return this;
    }

    public SmallModel Floats(string name, long[] extents, params float[] values) => Input(name, Tensor.Of(Shape.Of(extents), values));

    public SmallModel Constant(string name, Tensor value)
    {
        Proto.Graph.Initializer.Add(OnnxTensorWriter.Write(value, name));
        return this;
    }

    public SmallModel Node(string op, string inputs, string outputs, params (string Name, object Value)[] attributes)
    {
        Proto.Graph.Node.Add(Op(op, inputs, outputs, attributes));
        return this;
    }

    public SmallModel Output(params string[] names)
    {
        Proto.Graph.Output.AddRange(names.Select(static name => new ValueInfoProto { Name = name }));
        return this;
    }

    public Result<ReadModel, UnreadableModel> Read() => OnnxReader.Read(new MemoryStream(Proto.ToByteArray()), "memory");

    public Network Network() => Read().OrThrow(static fault => fault.ToException()).Network;

    public Tensor[] Run()
    {
        Network network = Network();
        IReadOnlyDictionary<string, Tensor> results = ReferenceExecutor.Run(network, data);
        foreach (NetworkValue output in network.Outputs)
        {
            if (output.Type.Element != DataType.Undefined)
            {
                results[output.Name].Type.ShouldBe(output.Type);
            }
        }

        return [.. network.Outputs.Select(output => results[output.Name])];
    }

    public static NodeProto Op(string op, string inputs, string outputs, params (string Name, object Value)[] attributes)
    {
        NodeProto node = FuzzModels.Node(op, inputs, outputs, [.. attributes.Where(static attribute => attribute.Value is not GraphProto)]);
        if (inputs.Length == 0)
        {
            node.Input.Clear();
        }

        node.Attribute.AddRange(attributes.Where(static attribute => attribute.Value is GraphProto)
            .Select(static attribute => new AttributeProto { Name = attribute.Name, Type = Kind.Graph, G = (GraphProto)attribute.Value }));
        return node;
    }

    public static GraphProto Body(string inputs, string outputs, params NodeProto[] nodes)
    {
        var body = new GraphProto { Name = "body", Node = { nodes } };
        body.Input.AddRange(Names(inputs));
        body.Output.AddRange(Names(outputs));
        return body;
    }

    public static ValueInfoProto Declared(string name, DataType element, params long[] extents)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(extents.Select(static extent => new TensorShapeProto.Types.Extent { DimValue = extent }));
        var type = new TypeProto { TensorType = new TypeProto.Types.OfTensor { ElemType = (int)element, Shape = shape } };
        return new ValueInfoProto { Name = name, Type = type };
    }

    public static void Near(Tensor actual, params float[] expected)
    {
        float[] values = actual.Elements<float>();
        values.Length.ShouldBe(expected.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            values[i].ShouldBe(expected[i], 1e-5f);
        }
    }

    private static IEnumerable<ValueInfoProto> Names(string names) =>
        names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static name => new ValueInfoProto { Name = name });
}
