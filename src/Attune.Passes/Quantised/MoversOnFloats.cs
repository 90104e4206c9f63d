using Attune.Kernels;

namespace Attune.Passes.Quantised;

/// <summary>
/// Lets operators that move bytes move their real numbers instead, between a load and a store with the only parameters that the bytes have: the result is the
/// same bit for bit. Where parameters differ (parts of a concatenation that was never requantised), where bytes are read as such, or are constants, nothing
/// changes.
/// </summary>
internal sealed class MoversOnFloats : IGraphPass
{
    public string Name => "movers on floats";

    public Network Run(Network network)
    {
        var editor = new NetworkEditor(network);
        var insertions = new NodeInsertions(editor);
        foreach (ByteFamilies.Family family in new ByteFamilies(editor).All.Where(family => family.Movers.Count > 0))
        {
            ByteScale[] parameters = [.. family.Stores.Concat(family.Loads).Select(conversion => conversion.Bytes).Distinct()];
            if (parameters is not [var bytes] || family.HasOtherReader || family.Members.Any(member => editor.Constant(member) is not null))
            {
                continue;
            }

            foreach (int index in family.Movers)
            {
                Rewrite(editor, insertions, index, bytes);
            }
        }

        return insertions.Build();
    }

    private static void Rewrite(NetworkEditor editor, NodeInsertions insertions, int index, ByteScale bytes)
    {
        Node node = editor[index]!;
        int data = ByteMovers.DataInputs(editor, node);
        var loaded = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string value in node.Inputs.Take(data).Distinct())
        {
            loaded[value] = insertions.Load(index, behind: false, value, bytes);
        }

        string[] results = [.. node.Outputs];
        for (int i = 0; i < results.Length; i++)
        {
            string value = results[i];
            results[i] = editor.NewValue($"{value}.real", new TensorType(DataType.Float32, editor.TypeOf(value)!.Shape));
            insertions.Store(index, results[i], value, bytes);
        }

        editor.Replace(index, node with { Inputs = [.. node.Inputs.Select((value, i) => i < data ? loaded[value] : value)], Outputs = [.. results] });
    }
}
