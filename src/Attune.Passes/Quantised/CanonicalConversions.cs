using Attune.Kernels;
using Attune.Reference;

namespace Attune.Passes.Quantised;

/// <summary>
/// Gives conversions between floats and bytes one form: operators of ONNX's own domain, and where one scale holds for the whole tensor scalars for it and the
/// zero point, both spelt out. Conversions with anything else, wider integers among them, keep their parameters.
/// </summary>
internal sealed class CanonicalConversions : IGraphPass
{
    // ONNX's conversions know integers of 16 bits since this operator set.
    private const int WideSince = 21;

    public string Name => "canonical conversions";

    public Network Run(Network network)
    {
        var editor = new NetworkEditor(network);
        var insertions = new NodeInsertions(editor);
        for (int i = 0; i < editor.Count; i++)
        {
            Node given = editor[i]!;
            Node node = Domestic(given);
            if ((ByteScale.OfStore(editor, node) ?? ByteScale.OfLoad(editor, node)) is { } bytes && !IsCanonical(editor, node))
            {
                node = insertions.With(node, bytes);
            }

            if (!ReferenceEquals(node, given))
            {
                editor.Replace(i, node);
            }
        }

        return editor.Build();
    }

    private static Node Domestic(Node node) => node.Operator switch
    {
        ContributedOperators.Quantise => node with { Operator = "QuantizeLinear", Opset = WideSince },
        ContributedOperators.Dequantise => node with { Operator = "DequantizeLinear", Opset = WideSince },
        _ => node,
    };

    private static bool IsCanonical(NetworkEditor editor, Node node) =>
        node.Attributes.Count == 0 && node.Inputs.Length == 3 && node.Inputs[2].Length > 0
            && editor.TypeOf(node.Inputs[1])!.Shape.Rank == 0 && editor.TypeOf(node.Inputs[2])!.Shape.Rank == 0;
}
