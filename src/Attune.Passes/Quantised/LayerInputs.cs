using Attune.Kernels;

namespace Attune.Passes.Quantised;

/// <summary>
/// Lets convolutions and matrix products with quantised weights read unsigned bytes directly. Where their input is loaded bytes that only moved since, or are
/// signed because they are an input of the network, it is stored and loaded once more: every number of it is a byte's, so nothing is rounded.
/// </summary>
internal sealed class LayerInputs : IGraphPass
{
    public string Name => "layer inputs";

    public Network Run(Network network)
    {
        var editor = new NetworkEditor(network);
        var insertions = new NodeInsertions(editor);
        var known = new Dictionary<string, ByteScale?>(StringComparer.Ordinal);
        var stored = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < editor.Count; i++)
        {
            if (editor[i] is not { Operator: "Conv" or "Gemm" or "MatMul" } layer || !QuantisedWeights.IsLoaded(editor, layer.Inputs[1]))
            {
                continue;
            }

            string value = layer.Inputs[0];
            bool direct = ByteScale.OfLoaded(editor, value) is { Element: DataType.UInt8 };
            if (direct || Grid(editor, value, known) is not { } grid)
            {
                continue;
            }

            if (!stored.TryGetValue(value, out string? real))
            {
                int producer = editor.ProducerOf(value);
                string bytes = editor.NewValue($"{value}.bytes", new TensorType(DataType.UInt8, editor.TypeOf(value)!.Shape));
                insertions.Store(producer, value, bytes, grid.Unsigned);
                stored[value] = real = insertions.Load(producer, behind: true, bytes, grid.Unsigned);
            }

            editor.Replace(i, layer with { Inputs = layer.Inputs.SetItem(0, real) });
        }

        return insertions.Build();
    }

    /// <summary>Parameters of bytes whose real numbers are all that a value can hold; null when it can hold others.</summary>
    private static ByteScale? Grid(NetworkEditor editor, string value, Dictionary<string, ByteScale?> known)
    {
        if (known.TryGetValue(value, out ByteScale? grid))
        {
            return grid;
        }

        grid = ByteScale.OfLoaded(editor, value);
        if (grid is null && editor.ProducerOf(value) is >= 0 and var producer && editor[producer] is { } node)
        {
            // The real number 0 is a byte's, so a Relu leaves the others and it.
            int data = node.Operator == "Relu" ? 1 : ByteMovers.DataInputs(editor, node);
            ByteScale?[] parts = [.. node.Inputs.Take(data).Select(input => Grid(editor, input, known)).Distinct()];
            grid = parts is [var only] ? only : null;
        }

        known[value] = grid;
        return grid;
    }
}
