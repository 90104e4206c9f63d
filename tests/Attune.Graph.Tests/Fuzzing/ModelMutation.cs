using Attune.Graph.Conformance;
using Attune.Graph.Onnx;
using Google.Protobuf;
using Kind = Attune.Graph.Onnx.AttributeProto.Types.Kind;

namespace Attune.Graph.Tests.Fuzzing;

/// <summary>Changes single fields of a model: what a converter with a defect, or somebody with intent, would write.</summary>
internal sealed partial class ModelMutation(Random random)
{
    private static readonly long[] Extremes =
    [
        0, 1, -1, 2, 3, 7, 64, -2, 1 << 16, int.MaxValue, int.MinValue, 1L << 31, 1L << 32, long.MaxValue, long.MinValue, (1L << 40) + 1,
    ];

    private static readonly string[] Words =
    [
        "", "SAME", "SAME_UPPER", "SAME_LOWER", "VALID", "linear", "cubic", "nearest", "reflect", "wrap", "edge", "tanh", "none", "mean", "add", "max",
        "ij,jk->ik", "...->",
        "align_corners", "tf_crop_and_resize", "half_pixel", "reverse", "bidirectional", "CRD", "border", "reflection", "LEFT", "floor", "ceil", "\0", "ö",
        "not_larger",
    ];

    private static readonly string[] Names =
    [
        "axis", "axes", "keepdims", "kernel_shape", "strides", "pads", "dilations", "group", "auto_pad", "ceil_mode", "mode", "perm", "to", "alpha", "beta",
        "blocksize", "block_size",
        "num_outputs", "split", "equation", "size", "epsilon", "k", "largest", "upper", "output_shape", "output_padding", "scales", "transA", "transB",
        "batch_dims", "reduction",
        "num_groups", "starts", "ends", "value", "shape", "noop_with_empty_axes", "p", "allowzero", "training_mode", "spatial", "storage_order",
        "count_include_pad", "fmod",
        "coordinate_transformation_mode", "nearest_mode", "antialias", "exclude_outside", "keep_aspect_ratio_policy", "align_corners", "padding_mode",
        "approximate", "direction",
        "time_axis", "batch_axis", "exclusive", "select_last_index", "detect_negative", "dtype", "output_dtype", "min", "max", "lambd", "bias", "gamma",
        "ratio", "start", "end",
    ];

    private static readonly string[] Operators = [.. ConformanceKernels.All.Operators, "If", "Loop", "Scan", "Foo"];

    /// <summary>Changes a few fields. Half of the models keep their structure, so that what is behind it is met more often.</summary>
    public void Apply(ModelProto model)
    {
        if (random.Next(2) == 0)
        {
            KeepStructure(model.Graph);
            return;
        }

        for (int change = random.Next(1, 4); change > 0 && model.Graph is not null; change--)
        {
            GraphProto graph = model.Graph;
            NodeProto? node = Any(graph.Node);
            switch (random.Next(22))
            {
                case < 7 when node is not null:
                    Attributes(node);
                    break;
                case < 10 when node is not null:
                    Links(graph, node);
                    break;
                case < 13:
                    Tensor(Any(graph.Initializer) ?? Added(graph));
                    break;
                case < 15:
                    Declaration(Any(random.Next(4) == 0 ? graph.Output : graph.Input));
                    break;
                case 15:
                    Frozen(graph);
                    break;
                case 16 when node is not null:
                    node.OpType = Operators[random.Next(Operators.Length)];
                    break;
                case 17 when node is not null:
                    graph.Node.Insert(random.Next(graph.Node.Count), node.Clone());
                    break;
                case 18:
                    Versions(model);
                    break;
                case 19:
                    Sparse(graph);
                    break;
                case 20 when node is not null:
                    Nested(node);
                    break;
                default:
                    Chain(graph);
                    break;
            }
        }
    }

    private void KeepStructure(GraphProto? graph)
    {
        for (int change = random.Next(1, 4); change > 0 && graph is not null && Any(graph.Node) is { } node; change--)
        {
            switch (random.Next(8))
            {
                case < 5:
                    Attributes(node);
                    break;
                case 5:
                    Frozen(graph);
                    break;
                case 6 when graph.Input.Any(static input => input.Type?.TensorType?.Shape?.Dim.Count > 0):
                    TensorShapeProto shape = Any([.. graph.Input.Where(static input => input.Type?.TensorType?.Shape?.Dim.Count > 0)])!.Type.TensorType.Shape;
                    shape.Dim[random.Next(shape.Dim.Count)] = new TensorShapeProto.Types.Extent { DimValue = random.Next(1, 6) };
                    break;
                default:
                    node.OpType = Operators[random.Next(Operators.Length)];
                    break;
            }
        }
    }

    private T? Any<T>(IList<T> list)
        where T : class
        => list.Count == 0 ? null : list[random.Next(list.Count)];

    private long Number() => random.Next(3) == 0 ? Extremes[random.Next(Extremes.Length)] : random.Next(-3, 6);

    private void Attributes(NodeProto node)
    {
        AttributeProto? attribute = Any(node.Attribute);
        switch (random.Next(5))
        {
            case 0 when attribute is not null:
                node.Attribute.Remove(attribute);
                break;
            case 1:
                node.Attribute.Add(FuzzModels.Attribute(Names[random.Next(Names.Length)], Value()));
                break;
            case 2 when attribute is not null:
                AttributeProto other = FuzzModels.Attribute(attribute.Name, Value());
                node.Attribute[node.Attribute.IndexOf(attribute)] = other;
                break;
            default:
                Changed(attribute);
                break;
        }
    }

    private object Value() => random.Next(7) switch
    {
        0 or 1 => Number(),
        2 => Real(),
        3 => Words[random.Next(Words.Length)],
        4 => Enumerable.Range(0, random.Next(6)).Select(_ => Number()).ToArray(),
        5 => Enumerable.Range(0, random.Next(5)).Select(_ => Real()).ToArray(),
        _ => FuzzModels.Longs([.. Enumerable.Range(0, random.Next(4)).Select(_ => Number())]),
    };

    private float Real() =>
        random.Next(8) switch { 0 => float.NaN, 1 => float.PositiveInfinity, 2 => -1, 3 => 0, 4 => 1e30f, 5 => 1e-30f, _ => random.NextSingle() * 3 };

    private void Changed(AttributeProto? attribute)
    {
        switch (attribute?.Type)
        {
            case Kind.Int:
                attribute.I = Number();
                break;
            case Kind.Float:
                attribute.F = Real();
                break;
            case Kind.String:
                attribute.S = ByteString.CopyFromUtf8(Words[random.Next(Words.Length)]);
                break;
            case Kind.Ints when attribute.Ints.Count > 0 && random.Next(3) > 0:
                attribute.Ints[random.Next(attribute.Ints.Count)] = Number();
                break;
            case Kind.Ints when random.Next(2) == 0:
                attribute.Ints.Clear();
                break;
            case Kind.Ints:
                attribute.Ints.Add(Number());
                break;
            case Kind.Tensor:
                Tensor(attribute.T);
                break;
            case Kind.Graph when attribute.G is not null:
                attribute.G.Node.Clear();
                break;
            default:
                break;
        }
    }

    private void Links(GraphProto graph, NodeProto node)
    {
        string[] known =
        [
            .. graph.Node.SelectMany(static each => each.Output),
            .. graph.Input.Select(static input => input.Name),
            .. graph.Initializer.Select(static tensor => tensor.Name),
            string.Empty,
            "nobody",
        ];
        string name = known[random.Next(known.Length)];
        switch (random.Next(6))
        {
            case 0:
                node.Input.Add(name);
                break;
            case 1 when node.Input.Count > 0:
                node.Input.RemoveAt(node.Input.Count - 1);
                break;
            case 2:
                node.Output.Add(random.Next(2) == 0 ? name : $"extra{node.Output.Count}");
                break;
            case 3 when node.Output.Count > 0:
                node.Output[random.Next(node.Output.Count)] = name;
                break;
            case 4:
                graph.Output.Add(new ValueInfoProto { Name = name });
                break;
            default:
                if (node.Input.Count > 0)
                {
                    node.Input[random.Next(node.Input.Count)] = name;
                }

                break;
        }
    }

    private void Versions(ModelProto model)
    {
        if (random.Next(3) == 0)
        {
            model.OpsetImport.Clear();
        }
        else
        {
            model.OpsetImport.Add(new OperatorSetIdProto
            {
                Version = random.Next(4) == 0 ? Number() : random.Next(7, 22),
                Domain = random.Next(4) == 0 ? "com.example" : string.Empty,
            });
        }

        model.IrVersion = random.Next(3) == 0 ? Number() : model.IrVersion;
    }

    private void Sparse(GraphProto graph)
    {
        TensorProto values = FuzzModels.Floats(2);
        values.Name = graph.Initializer.Count > 0 && random.Next(2) == 0 ? graph.Initializer[0].Name : "sparse";
        graph.SparseInitializer.Add(new SparseTensorProto
        {
            Values = values,
            Indices = FuzzModels.Longs(Number(), Number()),
            Dims = { Enumerable.Range(0, random.Next(1, 4)).Select(_ => Number()) },
        });
    }

    private void Nested(NodeProto node)
    {
        var graph = new GraphProto { Name = "innermost", Node = { node.Clone() } };
        for (int level = random.Next(1, 60); level > 0; level--)
        {
            NodeProto outer = FuzzModels.Node("If", "x", "y");
            outer.Attribute.Add(new AttributeProto { Name = "then_branch", Type = Kind.Graph, G = graph });
            graph = new GraphProto { Name = "outer", Node = { outer } };
        }

        node.Attribute.Add(new AttributeProto { Name = "then_branch", Type = Kind.Graph, G = graph });
    }

    private void Chain(GraphProto graph)
    {
        string before = graph.Input.Count > 0 ? graph.Input[0].Name : "nobody";
        for (int link = random.Next(200); link > 0; link--)
        {
            string name = $"link{graph.Node.Count}";
            graph.Node.Add(FuzzModels.Node(random.Next(3) == 0 ? "Relu" : "Identity", before, name));
            before = name;
        }

        graph.Output.Add(new ValueInfoProto { Name = before });
    }
}
