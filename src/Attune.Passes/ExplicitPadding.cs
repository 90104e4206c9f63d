using Attune.Kernels;
using Attune.Reference.Inference;

namespace Attune.Passes;

/// <summary>
/// Writes out what convolutions and pools leave to defaults: kernel, strides, dilations and group in numbers, pads in numbers instead of
/// auto_pad. Later passes and templates then read one form only.
/// </summary>
public sealed class ExplicitPadding : IGraphPass
{
    /// <inheritdoc/>
    public string Name => "explicit padding";

    /// <inheritdoc/>
    public Network Run(Network network)
    {
        var editor = new NetworkEditor(network);
        for (int i = 0; i < editor.Count; i++)
        {
            Node node = editor[i]!;
            if (node.Operator is "Conv" or "MaxPool" or "AveragePool" && editor.TypeOf(node.Inputs[0]) is { } input)
            {
                Attributes attributes = Canonical(node, input.Shape, node.Operator == "Conv" ? editor.TypeOf(node.Inputs[1])?.Shape : null);
                if (!attributes.SequenceEqual(node.Attributes))
                {
                    editor.Replace(i, node with { Attributes = attributes });
                }
            }
        }

        return editor.Build();
    }

    private static Attributes Canonical(Node node, Shape input, Shape? weights)
    {
        long[]? kernel = weights is null ? null : [.. weights.Dimensions[2..]];
        SpatialWindow window = SpatialWindow.Read(node.Attributes, kernel, input.Rank - 2, static (_, _) => { });
        Attributes attributes = node.Attributes
            .Without("auto_pad")
            .With("kernel_shape", window.Kernel)
            .With("strides", window.Strides)
            .With("pads", window.ExplicitPads(input.Dimensions.AsSpan()[2..]));
        if (node.Operator == "Conv")
        {
            attributes = attributes.With("group", node.Attributes.Int("group", 1));
        }

        // Average pools learnt to dilate only in operator set 19; writing the default for older ones would make them malformed.
        bool dilates = node.Operator == "Conv" || (node.Operator == "MaxPool" && node.Opset >= 10) || node.Opset >= 19;
        return dilates ? attributes.With("dilations", window.Dilations) : attributes;
    }
}
