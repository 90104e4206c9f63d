using Attune.Devices.Files;
using Attune.Graph.Onnx;
using Attune.Kernels;
using Google.Protobuf;

namespace Attune.Graph;

/// <summary>
/// Writes networks as ONNX files (IR version 8). Files appear complete or not at all. Weights beyond 1.8 GB go to a second file next to
/// the model, because a protobuf message ends at 2 GiB. Fused operators are written in the domain "attune", which only this product reads.
/// </summary>
public static class OnnxWriter
{
    /// <summary>Weights of a file, in bytes, above which they are stored as external data.</summary>
    public const long LargestInline = 1_800_000_000;

    private const int IrVersion = 8;
    private const int Alignment = 4096;

    /// <summary>Writes a network.</summary>
    /// <param name="network">The network; its types of inputs and outputs are written, inner ones are left to inference.</param>
    /// <param name="path">Target file; replaced when it exists.</param>
    /// <param name="largestInline">Weights in bytes above which external data are used.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="InvalidOperationException">The network mixes operator sets, which the format cannot express.</exception>
    public static void Write(Network network, string path, long largestInline = LargestInline)
    {
        long bytes = network.Constants.Values.Sum(tensor => (long)tensor.Count * OnnxTensorReader.SizeOf(tensor.Element));
        ModelProto model;
        if (bytes <= largestInline)
        {
            model = Model(network, OnnxTensorWriter.Write);
        }
        else
        {
            string location = Path.GetFileName(path) + ".data";
            string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            var places = new Dictionary<Tensor, long>(ReferenceEqualityComparer.Instance);
            AtomicFile.Write(Path.Combine(folder, location), stream => Spill(network, stream, places));
            model = Model(network, (tensor, name) => places.TryGetValue(tensor, out long place)
                ? OnnxTensorWriter.WriteExternal(tensor, name, location, place)
                : OnnxTensorWriter.Write(tensor, name));
        }

        AtomicFile.Write(path, model.WriteTo);
    }

    /// <summary>Serialises a network with its weights inside, to a stream.</summary>
    /// <param name="network">The network.</param>
    /// <param name="stream">Target.</param>
    public static void Write(Network network, Stream stream) => Model(network, OnnxTensorWriter.Write).WriteTo(stream);

    // Page-aligned, so that other tools can map the file.
    private static void Spill(Network network, Stream stream, Dictionary<Tensor, long> places)
    {
        foreach (Tensor tensor in network.Constants.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value))
        {
            if (tensor.Element == DataType.String || places.ContainsKey(tensor))
            {
                continue;
            }

            long place = (stream.Position + Alignment - 1) / Alignment * Alignment;
            stream.Write(new byte[place - stream.Position]);
            stream.Write(OnnxTensorReader.Bytes(tensor));
            places.Add(tensor, place);
        }
    }

    private static ModelProto Model(Network separated, Func<Tensor, string, TensorProto> write)
    {
        Network network = Flat(separated);
        var model = new ModelProto { IrVersion = IrVersion, ProducerName = "Attune", Graph = Graph(network, write) };
        foreach (IGrouping<string, Node> domain in network.Nodes.GroupBy(node => Split(node.Operator).Domain).OrderBy(
            group => group.Key, StringComparer.Ordinal))
        {
            int[] versions = [.. domain.Select(node => node.Opset).Distinct()];
            if (versions.Length > 1)
            {
                throw new InvalidOperationException($"Network '{network.Name}' mixes operator sets {string.Join(", ", versions)}, as rewritten networks do; "
                    + "only networks as read or built can be written.");
            }

            model.OpsetImport.Add(new OperatorSetIdProto { Domain = domain.Key, Version = versions[0] });
        }

        if (!model.OpsetImport.Any(import => import.Domain.Length == 0))
        {
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = string.Empty, Version = 13 });
        }

        return model;
    }

    /// <summary>The network with what is planned at run time among the other nodes again: others know no such operator.</summary>
    private static Network Flat(Network network) => network with
    {
        Nodes = [.. network.Nodes.SelectMany(static node =>
            node.Operator == FusedOperators.Dynamic && node.Attributes.Find(FusedOperators.Body) is Network late ? late.Nodes : [node])],
    };

    private static GraphProto Graph(Network network, Func<Tensor, string, TensorProto> write)
    {
        var graph = new GraphProto { Name = network.Name.Length > 0 ? network.Name : "network" };
        graph.Input.AddRange(network.Inputs.Select(Value));
        graph.Output.AddRange(network.Outputs.Select(Value));
        graph.Initializer.AddRange(network.Constants.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => write(pair.Value, pair.Key)));
        foreach (Node node in network.Nodes)
        {
            (string domain, string name) = Split(node.Operator);
            var proto = new NodeProto { Name = node.Name, OpType = name };
            if (domain.Length > 0)
            {
                proto.Domain = domain;
            }

            proto.Input.AddRange(node.Inputs);
            proto.Output.AddRange(node.Outputs);
            proto.Attribute.AddRange(
                node.Attributes.Select(pair => AttributeWriter.Write(pair.Key, pair.Value, inner => Graph(inner, OnnxTensorWriter.Write))));
            graph.Node.Add(proto);
        }

        return graph;
    }

    private static (string Domain, string Name) Split(string qualified)
    {
        int dot = qualified.LastIndexOf('.');
        return dot < 0 ? (string.Empty, qualified) : (qualified[..dot], qualified[(dot + 1)..]);
    }

    private static ValueInfoProto Value(NetworkValue value)
    {
        var proto = new ValueInfoProto { Name = value.Name };
        if (value.Type.Element != DataType.Undefined)
        {
            var shape = new TensorShapeProto();
            shape.Dim.AddRange(value.Type.Shape.Dimensions.Select(extent => new TensorShapeProto.Types.Extent { DimValue = extent }));
            proto.Type = new TypeProto { TensorType = new TypeProto.Types.OfTensor { ElemType = (int)value.Type.Element, Shape = shape } };
        }

        return proto;
    }
}
