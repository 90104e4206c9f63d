using Attune.Kernels;

namespace Attune.Passes.Quantised;

/// <summary>
/// Lets convolutions read padded floats directly where exporters store and load them once more behind the Pad, so that <see cref="PaddingFolding"/> makes it
/// the convolution's own. The zeros around loaded bytes are the real number of a byte, so the conversions between change nothing.
/// </summary>
internal sealed class PaddedInputs : IGraphPass
{
    public string Name => "padded inputs";

    public Network Run(Network network)
    {
        var editor = new NetworkEditor(network);
        for (int i = 0; i < editor.Count; i++)
        {
            if (editor[i] is { Operator: "Conv" } layer && Padded(editor, layer.Inputs[0]) is { } padded)
            {
                editor.Replace(i, layer with { Inputs = layer.Inputs.SetItem(0, padded) });
            }
        }

        return editor.Build();
    }

    private static string? Padded(NetworkEditor editor, string value)
    {
        if (ByteScale.OfLoaded(editor, value) is not { } bytes)
        {
            return null;
        }

        Node load = editor[editor.ProducerOf(value)]!;
        return editor.ProducerOf(load.Inputs[0], "QuantizeLinear") is { } store && ByteScale.OfStore(editor, store) == bytes
            && editor.ProducerOf(store.Inputs[0], "Pad") is { } pad && ByteScale.OfLoaded(editor, pad.Inputs[0]) == bytes
            && PaddingFolding.PadsZeros(editor, pad) ? store.Inputs[0] : null;
    }
}
