using Attune.Kernels;

namespace Attune.Passes;

/// <summary>
/// Merges an activation into the fused operator before it, whether it is one operator or spelt out in several. Spelt-out GELU and hard swish
/// elsewhere become the single operator that newer operator sets have.
/// </summary>
public sealed class ActivationFusion : IGraphPass
{
    private const int GeluSince = 20;
    private const int HardSwishSince = 14;

    /// <inheritdoc/>
    public string Name => "activation fusion";

    /// <inheritdoc/>
    public Network Run(Network network)
    {
        var editor = new NetworkEditor(network);
        var algebra = new ActivationAlgebra(editor);
        for (int i = editor.Count - 1; i >= 0; i--)
        {
            if (editor[i] is not null && algebra.Find(i) is { } match)
            {
                Replace(editor, i, match);
            }
        }

        for (int i = 0; i < editor.Count; i++)
        {
            if (editor[i] is { Inputs.Length: > 0 } node
                && editor.HasOneReader(node.Inputs[0])
                && FusedNode.WithoutActivation(editor, node.Inputs[0]) is { } fused
                && ActivationParameters.Of(editor, node, fused.Attributes) is { } attributes)
            {
                editor.Remove(editor.ProducerOf(node.Inputs[0]));
                editor.Replace(i, fused with { Attributes = attributes, Outputs = [node.Outputs[0]] });
            }
        }

        return editor.Build();
    }

    private static void Replace(NetworkEditor editor, int root, ActivationAlgebra.Match match)
    {
        Node last = editor[root]!;
        bool vanishes = !editor.IsOutput(match.Variable) && editor.ReadersOf(match.Variable).All(reader => reader == root || match.Inner.Contains(reader));
        Node? replacement = null;
        if (vanishes && FusedNode.WithoutActivation(editor, match.Variable) is { } fused)
        {
            replacement = fused with { Outputs = last.Outputs, Attributes = fused.Attributes.With(FusedOperators.Activation, match.Activation) };
        }
        else if (editor.TypeOf(match.Variable) is { } type && type.Equals(editor.TypeOf(last.Outputs[0])))
        {
            replacement = match.Activation switch
            {
                "gelu" => last with { Operator = "Gelu", Opset = GeluSince, Inputs = [match.Variable], Attributes = Attributes.None },
                "gelu_tanh" =>
                    last with { Operator = "Gelu", Opset = GeluSince, Inputs = [match.Variable], Attributes = Attributes.None.With("approximate", "tanh") },
                "hard_swish" => last with { Operator = "HardSwish", Opset = HardSwishSince, Inputs = [match.Variable], Attributes = Attributes.None },
                _ => null,
            };
        }

        if (replacement is null)
        {
            return;
        }

        foreach (int inner in match.Inner)
        {
            editor.Remove(inner);
        }

        if (replacement.Operator is FusedOperators.Convolution or FusedOperators.Dense)
        {
            editor.Remove(editor.ProducerOf(match.Variable));
        }

        editor.Replace(root, replacement);
    }
}
