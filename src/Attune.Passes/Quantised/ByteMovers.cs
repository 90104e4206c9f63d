using Attune.Kernels;
using Attune.Reference.Inference;

namespace Attune.Passes.Quantised;

/// <summary>Operators whose results hold only elements of their data, whatever these are: on bytes and on their real numbers they do the same.</summary>
internal static class ByteMovers
{
    /// <summary>How many inputs of a node, from the first on, are data of which the results consist; 0 for operators that do more than move elements.</summary>
    public static int DataInputs(NetworkEditor editor, Node node)
    {
        switch (node.Operator)
        {
            case "Reshape" or "Flatten" or "Squeeze" or "Unsqueeze" or "Identity" or "Transpose" or "Slice" or "Split" or "Gather" or "Expand" or "Tile"
                or "DepthToSpace" or "SpaceToDepth":
                return 1;
            case "Concat":
                return node.Inputs.Length;
            case "MaxPool":
                return SeesData(editor, node) ? 1 : 0;
            case "Resize" or "Upsample":
                bool moves = node.Attributes.Text("mode", "nearest") == "nearest"
                    && node.Attributes.Text("coordinate_transformation_mode", "half_pixel") != "tf_crop_and_resize";
                return moves ? 1 : 0;
            default:
                return 0;
        }
    }

    // A window that lies in the padding alone has the lowest number of its type as its maximum, which is another one for bytes than for floats.
    private static bool SeesData(NetworkEditor editor, Node node)
    {
        if (node.Outputs.Length != 1 || editor.TypeOf(node.Inputs[0]) is not { Shape.Rank: >= 3 } type || editor.TypeOf(node.Outputs[0]) is not { } result)
        {
            return false;
        }

        SpatialWindow window = SpatialWindow.Read(node.Attributes, null, type.Shape.Rank - 2, static (_, _) => { });
        long[] pads = window.ExplicitPads(type.Shape.Dimensions.AsSpan()[2..]);
        for (int axis = 0; axis < window.Kernel.Length; axis++)
        {
            // With dilation a window may step over a narrow image although it reaches beyond it.
            long last = ((result.Shape.Dimensions[axis + 2] - 1) * window.Strides[axis]) - pads[axis];
            if (pads[axis] > window.Kernel[axis] - 1 || last >= type.Shape.Dimensions[axis + 2]
                || (window.Dilations[axis] > 1 && pads[axis] + pads[axis + window.Kernel.Length] > 0))
            {
                return false;
            }
        }

        return true;
    }
}
