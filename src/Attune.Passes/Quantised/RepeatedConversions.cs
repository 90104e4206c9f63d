using Attune.Kernels;

namespace Attune.Passes.Quantised;

/// <summary>
/// Removes conversions that say nothing new: stores of just loaded bytes with the same parameters, and second conversions of one value with the parameters of
/// the first.
/// </summary>
internal sealed class RepeatedConversions : IGraphPass
{
    public string Name => "repeated conversions";

    public Network Run(Network network)
    {
        var editor = new NetworkEditor(network);
        var known = new Dictionary<(string Value, bool Store, ByteScale Bytes), string>();
        for (int i = 0; i < editor.Count; i++)
        {
            Node node = editor[i]!;
            ByteScale? store = ByteScale.OfStore(editor, node);
            if ((store ?? ByteScale.OfLoad(editor, node)) is not { } bytes)
            {
                continue;
            }

            string? same = store is not null && ByteScale.OfLoaded(editor, node.Inputs[0]) == bytes
                ? editor[editor.ProducerOf(node.Inputs[0])]!.Inputs[0]
                : known.GetValueOrDefault((node.Inputs[0], store is not null, bytes));
            if (same is not null && !editor.IsOutput(node.Outputs[0]))
            {
                editor.Redirect(node.Outputs[0], same);
                editor.Remove(i);
            }
            else
            {
                known.TryAdd((node.Inputs[0], store is not null, bytes), node.Outputs[0]);
            }
        }

        return editor.Build();
    }
}
