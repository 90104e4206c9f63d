using Attune.Graph.Onnx;
using Attune.Kernels;
using Google.Protobuf;
using Kind = Attune.Graph.Onnx.AttributeProto.Types.Kind;

namespace Attune.Graph.Tests.Fuzzing;

/// <summary>Sound models to damage: a few networks of this file, and ONNX's own node tests where Debian's libonnx-testdata is installed.</summary>
internal static class FuzzModels
{
    private const string NodeTests = TestData.OnnxTests + "/node";
    private const int LargestFile = 20_000;

    /// <summary>The serialised models.</summary>
    public static IReadOnlyList<byte[]> All { get; } = [.. Built().Select(static model => model.ToByteArray()), .. Installed()];

    private static IEnumerable<byte[]> Installed() => !Directory.Exists(NodeTests)
        ? []
        : Directory.EnumerateFiles(NodeTests, "model.onnx", SearchOption.AllDirectories)
            .Where(static file => new FileInfo(file).Length < LargestFile)
            .Order(StringComparer.Ordinal)
            .Select(File.ReadAllBytes);

    private static IEnumerable<ModelProto> Built()
    {
        yield return Model(
            13,
            [("x", [1, 2, 6, 6])],
            [("w", Floats(3, 2, 3, 3)), ("b", Floats(3)), ("flat", Longs(1, -1)), ("fw", Floats(27, 4))],
            Node("Conv", "x w b", "c", ("pads", new long[] { 1, 1, 1, 1 }), ("strides", new long[] { 1, 1 }), ("group", 1L)),
            Node("BatchNormalization", "c b b b b", "n", ("epsilon", 1e-3f)),
            Node("Relu", "n", "r"),
            Node("MaxPool", "r", "p", ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 }), ("ceil_mode", 1L), ("auto_pad", "NOTSET")),
            Node("Reshape", "p flat", "f"),
            Node("Gemm", "f fw", "y", ("alpha", 0.5f), ("transB", 0L)));
        yield return Model(
            17,
            [("x", [1, 4, 8])],
            [("q", Floats(8, 8)), ("k", Floats(8, 8)), ("s", Floats(8)), ("h", Floats(1))],
            Node("MatMul", "x q", "a"),
            Node("MatMul", "x k", "b"),
            Node("Transpose", "b", "t", ("perm", new long[] { 0, 2, 1 })),
            Node("MatMul", "a t", "scores"),
            Node("Softmax", "scores", "soft", ("axis", -1L)),
            Node("MatMul", "soft x", "mixed"),
            Node("LayerNormalization", "mixed s s", "ln", ("axis", -1L), ("epsilon", 1e-5f)),
            Node("Erf", "ln", "e"),
            Node("Mul", "e h", "y"));
        yield return Model(
            21,
            [("x", [1, 2, 4, 4])],
            [("scale", Floats(1)), ("zero", Bytes(1)), ("w", Signed(2, 2, 1, 1)), ("ws", Floats(2))],
            Node("QuantizeLinear", "x scale zero", "q", ("axis", 1L), ("block_size", 0L)),
            Node("DequantizeLinear", "q scale zero", "d"),
            Node("DequantizeLinear", "w ws", "dw", ("axis", 0L)),
            Node("Conv", "d dw", "c"),
            Node("AveragePool", "c", "y", ("kernel_shape", new long[] { 2, 2 }), ("count_include_pad", 1L), ("dilations", new long[] { 1, 1 })));
        yield return Model(
            19,
            [("x", [1, 2, 4, 4])],
            [("s", Floats()), ("z", Signed()), ("w", Signed(2, 2, 1, 1)), ("ws", Floats(2)), ("wz", Signed(2))],
            Node("QuantizeLinear", "x s z", "q"),
            Node("MaxPool", "q", "p", ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 }), ("pads", new long[] { 0, 0, 1, 1 })),
            Node("QLinearConv", "p s z w ws wz s z", "c", ("group", 1L)),
            Node("com.microsoft.QLinearAdd", "c s z p s z s z", "a"),
            Node("com.microsoft.QLinearConcat", "s z a s z c s z", "j", ("axis", 1L)),
            Node("com.microsoft.QLinearGlobalAveragePool", "j s z s z", "g", ("channels_last", 0L)),
            Node("DequantizeLinear", "g s z", "d"),
            Node("Relu", "d", "r"),
            Node("com.microsoft.QuantizeLinear", "r s z", "y"));
        yield return Model(
            18,
            [("x", [1, 2, 3, 4])],
            [("s", Floats(4)), ("pads", Longs(0, 0, 1, 1, 0, 0, 1, 1)), ("from", Longs(0, 1)), ("to", Longs(2, 9)), ("axes", Longs(1, 3))],
            Node("Resize", "x  s", "r", ("mode", "linear"), ("coordinate_transformation_mode", "half_pixel"), ("antialias", 1L)),
            Node("Pad", "r pads", "p", ("mode", "reflect")),
            Node("Slice", "p from to axes", "sl"),
            Node("Concat", "sl sl", "c", ("axis", 2L)),
            Node("ReduceMean", "c axes", "m", ("keepdims", 0L), ("noop_with_empty_axes", 0L)),
            Node("Split", "m", "y z", ("axis", 1L), ("num_outputs", 2L)));
        yield return Model(
            20,
            [("x", [2, 3, 4])],
            [("i", Longs(0, 2)), ("one", Longs(1)), ("k", Longs(2)), ("depth", Longs(5)), ("values", Floats(2))],
            Node("Shape", "x", "sh", ("start", 0L)),
            Node("Gather", "sh i", "g", ("axis", 0L)),
            Node("Concat", "g one", "gc", ("axis", 0L)),
            Node("ConstantOfShape", "gc", "zeros"),
            Node("Expand", "zeros sh", "e"),
            Node("TopK", "x k", "best where", ("axis", 2L), ("largest", 1L)),
            Node("OneHot", "where depth values", "hot", ("axis", -1L)),
            Node("Einsum", "x x", "sums", ("equation", "bij,bkj->bik")),
            Node("CumSum", "sums one", "y", ("reverse", 1L)));
        var body = new GraphProto { Name = "body", Node = { Node("Add", "x x", "inner") }, Output = { new ValueInfoProto { Name = "inner" } } };
        NodeProto branch = Node("If", "go", "y");
        branch.Attribute.Add(new AttributeProto { Name = "then_branch", Type = Kind.Graph, G = body });
        branch.Attribute.Add(new AttributeProto { Name = "else_branch", Type = Kind.Graph, G = body });
        var round = new GraphProto
        {
            Name = "round",
            Node = { Node("Identity", "on", "still"), Node("acme.Step", "state", "next"), Node("Neg", "next", "seen") },
            Input = { new[] { "i", "on", "state" }.Select(static name => new ValueInfoProto { Name = name }) },
            Output = { new[] { "still", "next", "seen" }.Select(static name => new ValueInfoProto { Name = name }) },
        };
        NodeProto loop = Node("Loop", "n  x", "y z");
        loop.Attribute.Add(new AttributeProto { Name = "body", Type = Kind.Graph, G = round });
        ModelProto looped = Model(16, [("x", [2, 2])], [("n", Longs(3))], loop);
        looped.Functions.Add(new FunctionProto { Domain = "acme", Name = "Step", Input = { "v" }, Output = { "w" }, Node = { Node("Add", "v v", "w") } });
        yield return looped;
        yield return Model(16, [("x", [2, 2])], [("go", new TensorProto { DataType = (int)DataType.Bool, Dims = { 1 }, Int32Data = { 1 } })], branch);
    }

    public static NodeProto Node(string op, string inputs, string outputs, params (string Name, object Value)[] attributes)
    {
        int dot = op.LastIndexOf('.');
        var node = new NodeProto { OpType = op[(dot + 1)..], Name = $"n_{outputs}", Input = { inputs.Split(' ') }, Output = { outputs.Split(' ') } };
        if (dot >= 0)
        {
            node.Domain = op[..dot];
        }

        foreach ((string name, object value) in attributes)
        {
            node.Attribute.Add(Attribute(name, value));
        }

        return node;
    }

    public static AttributeProto Attribute(string name, object value) => value switch
    {
        long v => new AttributeProto { Name = name, Type = Kind.Int, I = v },
        float v => new AttributeProto { Name = name, Type = Kind.Float, F = v },
        string v => new AttributeProto { Name = name, Type = Kind.String, S = ByteString.CopyFromUtf8(v) },
        long[] v => new AttributeProto { Name = name, Type = Kind.Ints, Ints = { v } },
        float[] v => new AttributeProto { Name = name, Type = Kind.Floats, Floats = { v } },
        string[] v => new AttributeProto { Name = name, Type = Kind.Strings, Strings = { v.Select(ByteString.CopyFromUtf8) } },
        _ => new AttributeProto { Name = name, Type = Kind.Tensor, T = (TensorProto)value },
    };

    public static TensorProto Longs(params long[] values) => new() { DataType = (int)DataType.Int64, Dims = { values.Length }, Int64Data = { values } };

    public static TensorProto Floats(params long[] shape) =>
        new() { DataType = (int)DataType.Float32, Dims = { shape }, FloatData = { Enumerable.Range(0, Count(shape)).Select(static i => 1 + (i % 5 * 0.25f)) } };

    private static TensorProto Bytes(params long[] shape) =>
        new() { DataType = (int)DataType.UInt8, Dims = { shape }, Int32Data = { Enumerable.Repeat(3, Count(shape)) } };

    private static TensorProto Signed(params long[] shape) =>
        new() { DataType = (int)DataType.Int8, Dims = { shape }, Int32Data = { Enumerable.Range(-2, Count(shape)) } };

    private static int Count(long[] shape) => (int)shape.Aggregate(1L, static (product, extent) => product * extent);

    private static ModelProto Model(int opset, (string Name, long[] Shape)[] inputs, (string Name, TensorProto Value)[] constants, params NodeProto[] nodes)
    {
        var graph = new GraphProto { Name = "fuzz", Node = { nodes }, Output = { nodes[^1].Output.Select(static name => new ValueInfoProto { Name = name }) } };
        graph.Input.AddRange(inputs.Select(static input => Declared(input.Name, input.Shape)));
        foreach ((string name, TensorProto value) in constants)
        {
            value.Name = name;
            graph.Initializer.Add(value);
        }

        return new ModelProto { IrVersion = 8, Graph = graph, OpsetImport = { new OperatorSetIdProto { Version = opset } } };
    }

    private static ValueInfoProto Declared(string name, long[] shape)
    {
        var declared = new TensorShapeProto();
        declared.Dim.AddRange(shape.Select(static extent => new TensorShapeProto.Types.Extent { DimValue = extent }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.OfTensor { ElemType = 1, Shape = declared } } };
    }
}
