using System.Collections.Immutable;
using Attune.Graph.Faults;
using Attune.Graph.Onnx;
using Attune.Kernels;
using Attune.Passes.Expansion;

namespace Attune.Graph.Reading;

/// <summary>
/// Turns a graph message into nodes, constants and declarations. Initialisers win over inputs of the same name (they did so before IR version 4).
/// Calls of the model's own functions are replaced by the functions' nodes.
/// </summary>
internal sealed partial class GraphConverter(OnnxTensorReader tensors, FunctionTable functions, IReadOnlyDictionary<string, int> opsets, FaultList faults)
{
    private const string Next = "Export the model again.";

    // Element types as stored, by value, where they are narrow integers.
    private readonly Dictionary<string, int> narrow = new(StringComparer.Ordinal);

    /// <summary>Operator sets of ONNX's default domain that nodes refer to; 0 stands for one that is not stated.</summary>
    public SortedSet<int> UsedOpsets { get; } = [];

    /// <summary>Converts the top-level graph.</summary>
    public RawGraph Convert(GraphProto graph, string where) => Convert(graph, where, new ConversionScope(opsets));

    private RawGraph Convert(GraphProto graph, string where, ConversionScope scope)
    {
        var constants = ImmutableDictionary.CreateBuilder<string, Tensor>();
        foreach (TensorProto initializer in graph.Initializer)
        {
            string place = $"{where}, initialiser '{initializer.Name}'";
            Tensor? value = scope.IsFunction ? tensors.ReadOnce(initializer, place) : tensors.Read(initializer, place);
            AddConstant(constants, scope.NameOf(initializer.Name), value, place);
        }

        foreach (SparseTensorProto sparse in graph.SparseInitializer)
        {
            string name = NameOf(sparse);
            string place = $"{where}, sparse initialiser '{name}'";
            AddConstant(constants, scope.NameOf(name), tensors.ReadSparse(sparse, place), place);
        }

        foreach (TensorProto initializer in graph.Initializer.Where(static constant => NarrowElements.Range(constant.DataType) is not null))
        {
            narrow[scope.NameOf(initializer.Name)] = initializer.DataType;
        }

        var nodes = ImmutableArray.CreateBuilder<Node>(graph.Node.Count);
        Add(graph.Node, scope, nodes, new HashSet<string>(), where);
        var initialised = graph.Initializer.Select(initializer => initializer.Name).Concat(graph.SparseInitializer.Select(NameOf)).ToHashSet();
        return new RawGraph(
            graph.Name,
            [.. graph.Input.Where(input => !initialised.Contains(input.Name)).Select(input => Declare(input, scope, where))],
            [.. graph.Output.Select(output => IsMapped(graph, output)
                ? new Declaration(scope.NameOf(output.Name), DataType.Undefined, null)
                : Declare(output, scope, where))],
            nodes.ToImmutable(),
            constants.ToImmutable())
        {
            Narrow = narrow,
            Unreadable = [.. initialised.Select(scope.NameOf).Where(name => !constants.ContainsKey(name))],
        };
    }

    private void Add(
        IEnumerable<NodeProto> list, ConversionScope scope, ImmutableArray<Node>.Builder nodes, HashSet<string> names, string where)
    {
        var attributes = new AttributeReader(tensors, (graph, place) => Nested(graph, place, scope), scope.Bound, faults);
        foreach (NodeProto node in list)
        {
            string domain = DomainOf(node.Domain);
            string name = UniqueName(scope.Prefix + (node.Name.Length > 0 ? node.Name : $"{node.OpType}_{nodes.Count}"), names);
            string place = $"{where}, node '{name}'";
            if (functions.Find(node) is { } function)
            {
                Inline(function, node, name, attributes.Read(node, place), scope, nodes, names, where);
                continue;
            }

            if (scope.IsFunction && !functions.Affords(place, faults))
            {
                return;
            }

            if (node.OpType == "Constant" && node.Output.Count == 1
                && node.Attribute.FirstOrDefault(static attribute => NarrowElements.Range(attribute.T?.DataType ?? 0) is not null) is { } value)
            {
                narrow[scope.NameOf(node.Output[0])] = value.T.DataType;
            }

            int opset = scope.Opsets.GetValueOrDefault(domain, domain.Length == 0 ? 0 : 1);
            if (domain.Length == 0)
            {
                UsedOpsets.Add(opset);
            }

            nodes.Add(new Node(
                name,
                domain.Length == 0 ? node.OpType : $"{domain}.{node.OpType}",
                Math.Max(opset, 1),
                [.. node.Input.Select(scope.NameOf)],
                [.. node.Output.Select(scope.NameOf)],
                attributes.Read(node, place)));
        }
    }

    /// <summary>The domain under the name that is used here.</summary>
    public static string DomainOf(string domain) => domain is "ai.onnx" ? string.Empty : domain;

    // Lists of maps become the tables they are made of.
    private static bool IsMapped(GraphProto graph, ValueInfoProto output) =>
        output.Type?.KindCase == TypeProto.KindOneofCase.SequenceType
        && graph.Node.Any(node => node is { OpType: "ZipMap", Domain: "ai.onnx.ml" } && node.Output.Contains(output.Name));

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

    private Declaration Declare(ValueInfoProto value, ConversionScope scope, string where)
    {
        string name = scope.NameOf(value.Name);
        TypeProto? type = value.Type;
        if (type is null || type.KindCase == TypeProto.KindOneofCase.None)
        {
            return new Declaration(name, DataType.Undefined, null);
        }

        if (type.KindCase != TypeProto.KindOneofCase.TensorType)
        {
            string kind = type.KindCase.ToString().Replace("Type", string.Empty);
            faults.Add(
                FaultCodes.UnsupportedFeature,
                $"'{value.Name}' is of kind {kind}; only dense tensors are supported.",
                $"{where}, value '{value.Name}'",
                "Export the model with tensors as inputs and outputs.");
            return new Declaration(name, DataType.Undefined, null);
        }

        var element = (DataType)type.TensorType.ElemType;
        if (NarrowElements.Range(type.TensorType.ElemType) is not null)
        {
            element = NarrowElements.Unpacked(type.TensorType.ElemType);
            narrow[name] = type.TensorType.ElemType;
        }
        else if (element != DataType.Undefined && !Enum.IsDefined(element))
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
        return new Declaration(name, element, extents);
    }

    private Network Nested(GraphProto graph, string where, ConversionScope scope)
    {
        RawGraph raw = Convert(graph, where, scope.Within(graph));
        raw = raw with { Nodes = NodeOrder.Sort(raw, where, faults, body: true) };
        return new Network(
            raw.Name, [.. raw.Inputs.Select(Value)], [.. raw.Outputs.Select(Value)], raw.Nodes, raw.Constants, ImmutableDictionary<string, TensorType>.Empty);
    }

    /// <summary>A declared value with its type, or with element type Undefined when the declaration is incomplete.</summary>
    public static NetworkValue Value(Declaration declared) =>
        new(declared.Name, declared.Static ?? new TensorType(declared.Element, Shape.Scalar) with { Element = DataType.Undefined });
}
