using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Passes;

/// <summary>
/// Computes queries, keys and values of one attention as a single matrix product when all three are projections of the same value: their weights are put
/// side by side and the attention reads its columns from the common result.
/// </summary>
public sealed class ProjectionMerging : IGraphPass
{
    /// <inheritdoc/>
    public string Name => "projection merging";

    /// <inheritdoc/>
    public Network Run(Network network)
    {
        var editor = new NetworkEditor(network);
        for (int i = 0; i < editor.Count; i++)
        {
            if (editor[i] is { Operator: FusedOperators.Attention } attention)
            {
                Merge(editor, i, attention);
            }
        }

        return editor.Build();
    }

    private static void Merge(NetworkEditor editor, int index, Node attention)
    {
        string[] values = [.. attention.Inputs.Take(3)];
        Node?[] found = Array.ConvertAll(values, value => FusedNode.Open(editor, value));
        if (Array.Exists(found, node => node is not { Operator: FusedOperators.Dense }) || attention.Attributes.Ints("offsets") is not [0, 0, 0])
        {
            return;
        }

        Node[] parts = [.. found.Select(node => node!)];
        bool rows = parts[0].Attributes.Int("transB", 0) != 0;
        if (!Array.TrueForAll(parts, part => part.Inputs[0] == parts[0].Inputs[0] && (part.Attributes.Int("transB", 0) != 0) == rows
            && part.Inputs.Length <= FusedOperators.Scales))
        {
            return;
        }

        Tensor[] weights = [.. parts.Select(part => editor.Constant(part.Inputs[1])!)];
        int depth = weights[0].Shape[rows ? 1 : 0];
        int[] widths = Array.ConvertAll(weights, w => w.Shape[rows ? 0 : 1]);
        int total = widths.Sum();
        var joined = new float[(long)depth * total];
        int column = 0;
        for (int part = 0; part < 3; part++)
        {
            Copy(weights[part].Elements<float>(), joined, depth, widths[part], total, column, rows);
            column += widths[part];
        }

        string name = string.Join('+', parts.Select(part => part.Name));
        string w = editor.AddConstant($"{name}.weights", Tensor.Of(rows ? Shape.Of(total, depth) : Shape.Of(depth, total), joined));
        List<string> inputs = [parts[0].Inputs[0], w];
        if (Array.Exists(parts, part => part.Input(2).Length > 0))
        {
            float[] bias = [.. parts.SelectMany(
                (part, i) => part.Input(2).Length > 0 ? editor.Constant(part.Input(2))!.Elements<float>() : new float[widths[i]])];
            inputs.Add(editor.AddConstant($"{name}.bias", Tensor.Vector(bias)));
        }

        ImmutableArray<long> extents = editor.TypeOf(values[0])!.Shape.Dimensions;
        string common = editor.NewValue($"{name}.result", new TensorType(DataType.Float32, new Shape(extents.SetItem(extents.Length - 1, total))));
        int first = values.Min(editor.ProducerOf);
        foreach (string value in values)
        {
            editor.Remove(editor.ProducerOf(value));
        }

        editor.Replace(first, parts[0] with { Name = name, Inputs = [.. inputs], Outputs = [common] });
        editor.Replace(index, attention with
        {
            Inputs = [common, common, common, .. attention.Inputs.Skip(3)],
            Attributes = attention.Attributes.With("offsets", new long[] { 0, widths[0], widths[0] + widths[1] }),
        });
    }

    private static void Copy(float[] part, float[] joined, int depth, int width, int total, int column, bool rows)
    {
        if (rows)
        {
            part.CopyTo(joined, column * depth);
            return;
        }

        for (int k = 0; k < depth; k++)
        {
            part.AsSpan(k * width, width).CopyTo(joined.AsSpan((k * total) + column));
        }
    }
}
