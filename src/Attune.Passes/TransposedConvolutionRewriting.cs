using Attune.Kernels;

namespace Attune.Passes;

/// <summary>
/// Writes transposed convolutions whose windows tile the result (stride = kernel, no padding, one group) as a 1x1 convolution with an output channel for every
/// place of the window, and a permutation that puts the places beside each other: the convolution has a space of kernels, the transposed one has none.
/// </summary>
public sealed class TransposedConvolutionRewriting : IGraphPass
{
    /// <inheritdoc/>
    public string Name => "transposed convolution rewriting";

    /// <inheritdoc/>
    public Network Run(Network network)
    {
        var result = new List<Node>(network.Nodes.Length);
        var editor = new NetworkEditor(network);
        foreach (Node node in network.Nodes)
        {
            if (node.Operator == "ConvTranspose" && Tiles(editor, node))
            {
                result.AddRange(Rewritten(editor, node));
            }
            else
            {
                result.Add(node);
            }
        }

        return editor.Build(result);
    }

    private static bool Tiles(NetworkEditor editor, Node node)
    {
        if (editor.TypeOf(node.Inputs[0]) is not { Element: DataType.Float32, Shape.Rank: 4 } x || editor.TypeOf(node.Outputs[0]) is not { } y
            || editor.Constant(node.Inputs[1]) is not { Element: DataType.Float32 } weights
            || (node.Input(2).Length > 0 && editor.Constant(node.Input(2)) is null))
        {
            return false;
        }

        // Everything that could shift or cut the result shows in its shape, except pads that output_padding or output_shape make up for.
        int height = weights.Shape[2];
        int width = weights.Shape[3];
        return node.Attributes.Int("group", 1) == 1
            && (node.Attributes.Ints("pads") is not { } pads || pads.All(pad => pad == 0))
            && node.Attributes.Ints("output_padding") is null && node.Attributes.Ints("output_shape") is null
                && node.Attributes.Text("auto_pad", "NOTSET") is "NOTSET" or "VALID"
            && node.Attributes.Ints("strides") is [var down, var across] && down == height && across == width
            && (node.Attributes.Ints("dilations") is not { } dilations || dilations.All(dilation => dilation == 1))
            && y.Shape[2] == x.Shape[2] * height && y.Shape[3] == x.Shape[3] * width;
    }

    private static IEnumerable<Node> Rewritten(NetworkEditor editor, Node node)
    {
        Shape x = editor.TypeOf(node.Inputs[0])!.Shape;
        TensorType type = editor.TypeOf(node.Outputs[0])!;
        Tensor weights = editor.Constant(node.Inputs[1])!;
        (long n, long h, long w) = (x.Dimensions[0], x.Dimensions[2], x.Dimensions[3]);
        (int depth, int channels, int height, int width) = (weights.Shape[0], weights.Shape[1], weights.Shape[2], weights.Shape[3]);
        int places = height * width;
        int results = channels * places;

        // From [depth, channels, height, width] to [channels height width, depth, 1, 1].
        float[] given = weights.Elements<float>();
        var turned = new float[given.Length];
        for (int result = 0; result < results; result++)
        {
            for (int k = 0; k < depth; k++)
            {
                turned[(result * depth) + k] = given[(k * results) + result];
            }
        }

        List<string> inputs = [node.Inputs[0], editor.AddConstant($"{node.Name}.weights", Tensor.Of(Shape.Of(results, depth, 1, 1), turned))];
        if (node.Input(2).Length > 0)
        {
            inputs.Add(editor.AddConstant($"{node.Name}.bias", Tensor.Vector(
                editor.Constant(node.Input(2))!.Elements<float>().SelectMany(number => Enumerable.Repeat(number, places)).ToArray())));
        }

        string Value(string suffix, params long[] extents) => editor.NewValue($"{node.Name}.{suffix}", new TensorType(DataType.Float32, Shape.Of(extents)));
        string Extents(string suffix, params long[] extents) => editor.AddConstant($"{node.Name}.{suffix}", Tensor.Vector(extents));
        string sums = Value("sums", n, results, h, w);
        string apart = Value("apart", n, channels, height, width, h, w);
        string beside = Value("beside", n, channels, h, height, w, width);
        Attributes pointwise = Attributes.None.With("kernel_shape", new long[] { 1, 1 })
            .With("strides", new long[] { 1, 1 })
            .With("pads", new long[] { 0, 0, 0, 0 })
            .With("dilations", new long[] { 1, 1 })
            .With("group", 1L);
        return
        [
            new Node(node.Name, "Conv", node.Opset, [.. inputs], [sums], pointwise),
            new Node($"{node.Name}.apart", "Reshape", node.Opset, [sums, Extents("apart.shape", n, channels, height, width, h, w)], [apart], Attributes.None),
            new Node($"{node.Name}.permute", "Transpose", node.Opset, [apart], [beside], Attributes.None.With("perm", new long[] { 0, 1, 4, 2, 5, 3 })),
            new Node(
                $"{node.Name}.join", "Reshape", node.Opset, [beside, Extents("join.shape", [.. type.Shape.Dimensions])], [node.Outputs[0]], Attributes.None),
        ];
    }
}
