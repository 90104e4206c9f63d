using Attune.Kernels;
using Attune.Reference;

namespace Attune.Runtime.Tests.Plan;

/// <summary>
/// Values that one operator sees as a matrix and another as images. Channels are no multiple of any vector width in one variant and whole vectors in the other;
/// extents differ from axis to axis, so that a confusion of axes shows.
/// </summary>
public sealed class LayoutTests
{
    private static readonly Dictionary<string, IReadOnlyDictionary<string, string>> NoConfigurations = [];

    internal static Dictionary<string, Action<NetworkSketch, long, long>> Networks { get; } = new()
    {
        ["product then line convolution"] = (s, n, c) =>
        {
            string a = s.Dense(s.Input("x", n, 6, 10), [n, 6, c]);
            Want(s, s.Line(a, [n, 16, c], 3, 1), a);
        },
        ["line convolution then product"] = (s, n, c) =>
        {
            string a = s.Line(s.Input("x", n, 5, 11), [n, c, 11], 3, 1);
            Want(s, s.Dense(a, [n, c, 7]), s.Dense(a, [n, c, 32]), a);
        },
        ["product then convolution"] = (s, n, c) =>
        {
            string a = s.Dense(s.Input("x", n, 3, 5, 7), [n, 3, 5, c]);
            Want(s, s.Conv(a, [n, 8, 5, c], 3, 1, 1), s.Dense(a, [n, 3, 5, 9]));
        },
        ["convolution then product"] = (s, n, c) =>
        {
            string a = s.Conv(s.Input("x", n, 4, 5, 7), [n, c, 5, 7], 3, 1, 1);
            Want(s, s.Dense(a, [n, c, 5, 6]), s.Dense(a, [n, c, 5, 16]), s.Conv(a, [n, 8, 5, 7], 3, 1, 1));
        },
        ["product then pools"] = (s, n, c) =>
        {
            string a = s.Dense(s.Input("x", n, c, 6, 7), [n, c, 6, 10]);
            Attributes window = Attributes.None.With("kernel_shape", new[] { 3L, 3L }).With("strides", new[] { 2L, 2L }).With("pads", new[] { 1L, 1L, 1L, 1L });
            Want(
                s,
                s.Node("MaxPool", [a], [n, c, 3, 5], window),
                s.Node("AveragePool", [a], [n, c, 3, 5], window, 11),
                s.Node("GlobalAveragePool", [a], [n, c, 1, 1]),
                a);
        },
        ["pools then product"] = (s, n, c) =>
        {
            string x = s.Input("x", n, c, 8, 9);
            Attributes window = Attributes.None.With("kernel_shape", new[] { 2L, 3L });
            string a = s.Node("MaxPool", [x], [n, c, 7, 7], window);
            string g = s.Node("GlobalAveragePool", [a], [n, c, 1, 1]);
            Want(s, s.Dense(a, [n, c, 7, 12]), s.Dense(g, [n, c, 1, 9]), s.Dense(g, [n, c, 1, 16]));
        },
        ["products around a concatenation"] = (s, n, c) =>
        {
            string x = s.Input("x", n, 16, 5, 7);
            string a = s.Dense(x, [n, 16, 5, 8]);
            string b = s.Conv(s.Input("z", n, 3, 5, 8), [n, c, 5, 8], 3, 1, 1);
            string both = s.Node("Concat", [a, b], [n, 16 + c, 5, 8], Attributes.None.With("axis", 1L));
            string twice = s.Node("Concat", [b, b, a], [n, (2 * c) + 16, 5, 8], Attributes.None.With("axis", -3L));
            Want(s, s.Dense(both, [n, 16 + c, 5, 3]), s.Conv(twice, [n, 4, 5, 8], 3, 1, 1), both);
        },
        ["product squeezed and excited"] = (s, n, c) =>
        {
            string a = s.Dense(s.Input("x", n, c, 4, 6), [n, c, 4, 5]);
            string pooled = s.Node("GlobalAveragePool", [a], [n, c, 1, 1]);
            string gate = s.Conv(pooled, [n, c, 1, 1], 1, activation: "sigmoid");
            string excited = s.Node("Mul", [a, gate], [n, c, 4, 5]);
            Want(s, excited, s.Conv(excited, [n, 8, 4, 5], 1), s.Dense(excited, [n, c, 4, 8]));
        },
        ["attention then line convolution"] = (s, n, c) =>
        {
            string qkv = s.Dense(s.Input("x", n, 9, 10), [n, 9, 48]);
            Attributes heads = Attributes.None.With("heads", 1L)
                .With("size", 16L)
                .With("value_size", 16L)
                .With("scale", 0.25f)
                .With("offsets", new[] { 0L, 16L, 32L });
            string a = s.Node(FusedOperators.Attention, [qkv, qkv, qkv, string.Empty], [n, 9, 16], heads, 1);
            Want(s, s.Line(a, [n, c, 16], 3, 1), s.Dense(a, [n, 9, c]), s.Line(qkv, [n, 8, 48], 1, 0));
        },
        ["one value as matrix, line and images"] = (s, n, c) =>
        {
            string a = s.Dense(s.Input("x", n, 6, 10), [n, 6, c]);
            string images = s.Node("Reshape", [a, s.Constant("as images", Tensor.Vector(new[] { n, 2, 3, c }))], [n, 2, 3, c]);
            string flat = s.Node("Flatten", [a], [n, 6 * c]);
            string back = s.Node(
                "Squeeze",
                [s.Node("Unsqueeze", [a, s.Constant("axis", Tensor.Vector(new[] { 1L }))], [n, 1, 6, c]), s.Constant("axis too", Tensor.Vector(new[] { 1L }))],
                [n, 6, c]);
            Want(
                s,
                s.Conv(images, [n, 16, 3, c], 3, 1, 1),
                s.Dense(images, [n, 2, 3, 5]),
                s.Dense(flat, [n, 4]),
                s.Line(back, [n, 8, c], 3, 1),
                s.Dense(back, [n, 6, 20]));
        },
        ["products with a residual of images"] = (s, n, c) =>
        {
            string line = s.Line(s.Input("x", n, 5, c), [n, 6, c], 3, 1);
            string residual = s.Dense(s.Input("z", n, 6, 10), [n, 6, c], residual: line);
            string conv = s.Line(residual, [n, 6, c], 1, 0, residual: residual);
            Want(s, residual, conv, s.Node("Add", [line, residual], [n, 6, c]), s.Node("Relu", [residual], [n, 6, c]));
        },
        ["values of one pixel"] = (s, n, c) =>
        {
            string g = s.Node("GlobalAveragePool", [s.Conv(s.Input("x", n, 3, 4, 5), [n, c, 4, 5], 3, 1, 1)], [n, c, 1, 1]);
            string flat = s.Node("Flatten", [g], [n, c]);
            string a = s.Dense(flat, [n, 12]);
            string back = s.Node("Reshape", [a, s.Constant("one pixel", Tensor.Vector(new[] { n, 12L, 1L, 1L }))], [n, 12, 1, 1]);
            Want(s, s.Conv(back, [n, 8, 1, 1], 3, 1, 1), s.Conv(back, [n, 20, 1, 1], 1), s.Node("Softmax", [a], [n, 12]), s.Node("Sigmoid", [flat], [n, c]));
        },
        ["copies between products and images"] = (s, n, c) =>
        {
            string a = s.Dense(s.Input("x", n, 8, 10), [n, 8, c]);
            string turned = s.Node("Transpose", [a], [n, c, 8], Attributes.None.With("perm", new[] { 0L, 2L, 1L }));
            (string few, string many) = s.Split(a, [n, 3, c], [n, 5, c], 1);
            string joined = s.Node("Concat", [many, few], [n, 8, c], Attributes.None.With("axis", 1L));
            Want(
                s,
                s.Line(turned, [n, 16, 8], 3, 1),
                s.Dense(turned, [n, c, 6]),
                s.Line(joined, [n, 4, c], 3, 1),
                s.Dense(joined, [n, 8, 9]),
                s.Node("ReduceMax", [a], [n, 1, c], Attributes.None.With("axes", new[] { 1L }), 12));
        },
    };

    public static TheoryData<string, int, long, long> Cases()
    {
        var cases = new TheoryData<string, int, long, long>();
        foreach (string name in Networks.Keys)
        {
            foreach (int lanes in new[] { 4, 8, 16 })
            {
                cases.Add(name, lanes, 1, 13);
                cases.Add(name, lanes, 2, lanes == 16 ? 21 : 16);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Values_between_matrices_and_images_are_what_the_reference_computes(string name, int lanes, long images, long channels)
    {
        var sketch = new NetworkSketch(21);
        Networks[name](sketch, images, channels);
        Network network = sketch.Finish();
        Dictionary<string, Tensor> inputs = network.Inputs.ToDictionary(i => i.Name, i => sketch.Random(i.Type.Shape));
        IReadOnlyDictionary<string, Tensor> expected = ReferenceExecutor.Run(network, inputs);
        using CompiledModel model = CompiledModel.Compile(network, NoConfigurations, new ModelOptions { Threads = 1, Lanes = lanes });
        model.Run(inputs);
        IReadOnlyDictionary<string, Tensor> actual = model.Run(inputs);
        foreach (NetworkValue output in network.Outputs)
        {
            Closeness.Check(output.Name, actual[output.Name], expected[output.Name]);
        }
    }

    private static void Want(NetworkSketch s, params string[] outputs) => s.Wanted = outputs;
}
