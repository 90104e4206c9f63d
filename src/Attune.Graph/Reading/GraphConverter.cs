using System.Collections.Immutable;
using Attune.Graph.Faults;
using Attune.Graph.Onnx;
using Attune.Kernels;

namespace Attune.Graph.Reading;

/// <summary>
/// Turns a graph message into nodes, constants and declarations. Initialisers win over inputs of the same name (they did so before IR version 4).
/// </summary>
internal sealed class GraphConverter(OnnxTensorReader tensors, IReadOnlyDictionary<string, int> opsets, FaultList faults)
{
    private const string Next = "Export the model again.";

    /// <summary>Converts the top-level graph.</summary>
    public RawGraph Convert(GraphProto graph, string where)
    {
        var constants = ImmutableDictionary.CreateBuilder<string, Tensor>();
        foreach (TensorProto initializer in graph.Initializer)
        {
            string place = $"{where}, initialiser '{initializer.Name}'";
            AddConstant(constants, initializer.Name, tensors.Read(initializer, place), place);
        }

        foreach (SparseTensorProto sparse in graph.SparseInitializer)
        {
            string name = NameOf(sparse);
            string place = $"{where}, sparse initialiser '{name}'";
            AddConstant(constants, name, tensors.ReadSparse(sparse, place), place);
        }

        var attributes = new AttributeReader(tensors, Nested, faults);
        var nodes = ImmutableArray.CreateBuilder<Node>(graph.Node.Count);
        var names = new HashSet<string>();
        foreach (NodeProto node in graph.Node)
        {
            string domain = node.Domain is "ai.onnx" ? string.Empty : node.Domain;
            string name = UniqueName(node.Name.Length > 0 ? node.Name : $"{node.OpType}_{nodes.Count}", names);
            nodes.Add(new Node(
                name,
                domain.Length == 0 ? node.OpType : $"{domain}.{node.OpType}",
                opsets.GetValueOrDefault(domain, 1),
                [.. node.Input],
                [.. node.Output],
                attributes.Read(node, $"{where}, node '{name}'")));
        }

        var initialised = graph.Initializer.Select(initializer => initializer.Name).Concat(graph.SparseInitializer.Select(NameOf)).ToHashSet();
        return new RawGraph(
            graph.Name,
            [.. graph.Input.Where(input => !initialised.Contains(input.Name)).Select(input => Declare(input, where))],
            [.. graph.Output.Select(output => Declare(output, where))],
            nodes.MoveToImmutable(),
            constants.ToImmutable())
        {
            Unreadable = [.. initialised.Where(name => !constants.ContainsKey(name))],
        };
    }

    private static string NameOf(SparseTensorProto sparse) => sparse.Values?.Name ?? string.Empty;

    private static string UniqueName(string wanted, HashSet<string> taken)
    {
        string name = wanted;
        for (int i = 2; !taken.Add(name); i++)
        {
            name = $"{wanted}_{taken.Count}_{i}";
        }

        return name;
    }

    private void AddConstant(ImmutableDictionary<string, Tensor>.Builder constants, string name, Tensor? value, string where)
    {
        if (name.Length == 0)
        {
            faults.Add(FaultCodes.MalformedTensor, "The initialiser has no name.", where, Next);
        }
        else if (constants.ContainsKey(name))
        {
            faults.Add(FaultCodes.DuplicateDefinition, $"The initialiser '{name}' is given twice.", where, Next);
        }
        else if (value is not null)
        {
            constants.Add(name, value);
        }
    }

    private Declaration Declare(ValueInfoProto value, string where)
    {
        TypeProto? type = value.Type;
        if (type is null || type.KindCase == TypeProto.KindOneofCase.None)
        {
            return new Declaration(value.Name, DataType.Undefined, null);
        }

        if (type.KindCase != TypeProto.KindOneofCase.TensorType)
        {
            string kind = type.KindCase.ToString().Replace("Type", string.Empty);
            faults.Add(
                FaultCodes.UnsupportedFeature,
                $"'{value.Name}' is of kind {kind}; only dense tensors are supported.",
                $"{where}, value '{value.Name}'",
                "Export the model with tensors as inputs and outputs.");
            return new Declaration(value.Name, DataType.Undefined, null);
        }

        var element = (DataType)type.TensorType.ElemType;
        if (element != DataType.Undefined && !Enum.IsDefined(element))
        {
            faults.Add(
                FaultCodes.UnsupportedFeature,
                $"'{value.Name}' has the unsupported element type {ElementTypeNames.Of(type.TensorType.ElemType)}.",
                $"{where}, value '{value.Name}'",
                "Convert the model to 32-bit floats.");
            element = DataType.Undefined;
        }

        DeclaredExtent[]? extents = type.TensorType.Shape?.Dim
            .Select(extent => extent.KindCase == TensorShapeProto.Types.Extent.KindOneofCase.DimValue
                ? new DeclaredExtent(Math.Max(extent.DimValue, -1), string.Empty)
                : new DeclaredExtent(-1, extent.DimParam))
            .ToArray();
        return new Declaration(value.Name, element, extents);
    }

    // Sub-graphs belong to control flow, which is reported as unsupported; they are kept so that nothing of the model is lost.
    private Network Nested(GraphProto graph, string where)
    {
        RawGraph raw = Convert(graph, where);
        return new Network(
            raw.Name, [.. raw.Inputs.Select(Value)], [.. raw.Outputs.Select(Value)], raw.Nodes, raw.Constants, ImmutableDictionary<string, TensorType>.Empty);
    }

    /// <summary>A declared value with its type, or with element type Undefined when the declaration is incomplete.</summary>
    public static NetworkValue Value(Declaration declared) =>
        new(declared.Name, declared.Static ?? new TensorType(declared.Element, Shape.Scalar) with { Element = DataType.Undefined });
}
