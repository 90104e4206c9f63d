using Attune.Kernels;

namespace Attune.Passes;

/// <summary>
/// Merges the addition of another value of the same shape into the fused operator before it, as residual networks have it. Of two
/// candidates the later one takes the addition, because the other's result exists by then.
/// </summary>
public sealed class ResidualFusion : IGraphPass
{
    /// <inheritdoc/>
    public string Name => "residual fusion";

    /// <inheritdoc/>
    public Network Run(Network network)
    {
        var editor = new NetworkEditor(network);
        for (int i = 0; i < editor.Count; i++)
        {
            Node node = editor[i]!;
            if (node.Operator is not ("Add" or "Sum") || node.Inputs.Length != 2)
            {
                continue;
            }

            (string left, string right) = editor.ProducerOf(node.Inputs[0]) > editor.ProducerOf(node.Inputs[1])
                ? (node.Inputs[0], node.Inputs[1])
                : (node.Inputs[1], node.Inputs[0]);
            if (!Merge(editor, i, node, left, right))
            {
                Merge(editor, i, node, right, left);
            }
        }

        return editor.Build();
    }

    // The fused node moves to the addition's place, where the residual is sure to exist.
    private static bool Merge(NetworkEditor editor, int index, Node node, string value, string residual)
    {
        if (FusedNode.Open(editor, value) is not { } fused
            || editor.Constant(residual) is not null
            || editor.TypeOf(value) is not { } type || !type.Equals(editor.TypeOf(residual)))
        {
            return false;
        }

        editor.Remove(editor.ProducerOf(value));
        string[] scales = fused.Input(FusedOperators.Scales).Length > 0 ? [fused.Input(FusedOperators.Scales)] : [];
        editor.Replace(index, fused with { Inputs = [fused.Inputs[0], fused.Inputs[1], fused.Input(2), residual, .. scales], Outputs = node.Outputs });
        return true;
    }
}
