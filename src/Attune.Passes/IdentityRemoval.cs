using Attune.Kernels;

namespace Attune.Passes;

/// <summary>
/// Removes operators that return their first input unchanged: Identity, Dropout outside training, casts to the same type, reshapes,
/// expansions and slices that keep the shape, permutations that move nothing, pads of zero, joins of one tensor.
/// </summary>
public sealed class IdentityRemoval : IGraphPass
{
    /// <inheritdoc/>
    public string Name => "identity removal";

    /// <inheritdoc/>
    public Network Run(Network network)
    {
        var editor = new NetworkEditor(network);
        for (int i = 0; i < editor.Count; i++)
        {
            Node node = editor[i]!;
            if (!IsIdentity(editor, node))
            {
                continue;
            }

            if (!editor.IsOutput(node.Outputs[0]))
            {
                editor.Redirect(node.Outputs[0], node.Inputs[0]);
                editor.Remove(i);
            }
            else
            {
                Rename(editor, i, node);
            }
        }

        return editor.Build();
    }

    // The result carries the name that the caller asks for, so the node before takes it over, if nobody else needs the old name.
    private static void Rename(NetworkEditor editor, int index, Node node)
    {
        string old = node.Inputs[0];
        string wanted = node.Outputs[0];
        int producer = editor.ProducerOf(old);
        if (producer < 0 || editor.IsOutput(old))
        {
            return;
        }

        Node before = editor[producer]!;
        editor.Remove(index);
        editor.Replace(producer, before with { Outputs = [.. before.Outputs.Select(output => output == old ? wanted : output)] });
        editor.Redirect(old, wanted);
    }

    private static bool IsIdentity(NetworkEditor editor, Node node)
    {
        if (node.Inputs.IsEmpty || node.Outputs.Skip(1).Any(output => editor.ReadersOf(output).Count > 0 || editor.IsOutput(output)))
        {
            return false;
        }

        return node.Operator switch
        {
            "Identity" => true,
            "Dropout" => node.Input(2).Length == 0 || editor.Constant(node.Input(2)) is { Element: DataType.Bool } training && !training.Span<bool>()[0],
            "Cast" or "CastLike" or "Reshape" or "Squeeze" or "Unsqueeze" or "Flatten" or "Expand" or "Tile" or "Pad" or "Concat" or "Sum" or "Mean" or "Max"
                or "Min"
                => KeepsType(editor, node) && (node.Operator is not ("Concat" or "Sum" or "Mean" or "Max" or "Min") || node.Inputs.Length == 1)
                    && (node.Operator is not "Pad" || PadsNothing(editor, node)),
            "Slice" => KeepsType(editor, node) && StepsForward(editor, node),
            "Transpose" => node.Attributes.Ints("perm") is { } order && order.Select((axis, at) => axis == at).All(same => same),
            _ => false,
        };
    }

    private static bool KeepsType(NetworkEditor editor, Node node) =>
        editor.TypeOf(node.Inputs[0]) is { } before && before.Equals(editor.TypeOf(node.Outputs[0]));

    // Pads that cut on one side what they add on the other keep the shape but not the contents.
    private static bool PadsNothing(NetworkEditor editor, Node node) =>
        node.Attributes.Ints("pads") is { } old
            ? old.All(pad => pad == 0)
            : editor.Constant(node.Input(1)) is { Element: DataType.Int64 } pads && Array.TrueForAll(pads.Elements<long>(), pad => pad == 0);

    // A slice of full extent with negative step reverses.
    private static bool StepsForward(NetworkEditor editor, Node node) =>
        node.Input(4).Length == 0
            || (editor.Constant(node.Input(4)) is { Element: DataType.Int64 } steps && Array.TrueForAll(steps.Elements<long>(), step => step > 0));
}
