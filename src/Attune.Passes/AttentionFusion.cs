using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Passes;

/// <summary>
/// Recognises scaled dot-product attention of several heads with the reshapes and permutations around it, as exporters write it: heads split off by
/// Reshape and Transpose, scores by MatMul, a scalar factor anywhere on the way, an optional additive mask, Softmax over keys, MatMul with the values,
/// heads merged by Transpose and Reshape. All of it becomes one operator that reads queries, keys and values as they were projected.
/// </summary>
public sealed class AttentionFusion : IGraphPass
{
    private static readonly ImmutableArray<long> HeadsOutside = [0, 2, 1, 3];
    private static readonly ImmutableArray<long> HeadsOutsideTurned = [0, 2, 3, 1];
    private static readonly ImmutableArray<long> LastTwoSwapped = [0, 1, 3, 2];

    /// <inheritdoc/>
    public string Name => "attention fusion";

    /// <inheritdoc/>
    public Network Run(Network network)
    {
        var editor = new NetworkEditor(network);
        for (int i = 0; i < editor.Count; i++)
        {
            if (editor[i] is { Operator: "Reshape" } merge && new Matcher(editor).Match(merge) is { } match)
            {
                foreach (int inner in match.Inner)
                {
                    editor.Remove(inner);
                }

                editor.Replace(i, match.Attention);
            }
        }

        return editor.Build();
    }

    /// <summary>One attempt, from the last operator upwards.</summary>
    private sealed class Matcher(NetworkEditor editor)
    {
        private readonly List<int> inner = [];
        private double scale = 1;
        private long heads;
        private long size;
        private long valueSize;

        public (Node Attention, IReadOnlyList<int> Inner)? Match(Node merge)
        {
            if (Step(merge.Inputs[0], "Transpose") is not { } turned || !IsPermutation(turned, HeadsOutside)
                || Step(turned.Inputs[0], "MatMul") is not { } context
                || Step(context.Inputs[0], "Softmax") is not { } softmax || !OverKeys(softmax)
                || Heads(context.Inputs[1], HeadsOutside, scaled: false) is not { } value)
            {
                return null;
            }

            int mark = inner.Count;
            string mask = string.Empty;
            (string Query, string Key)? operands = Scores(softmax.Inputs[0]);
            if (operands is null && Step(softmax.Inputs[0], "Add") is { } sum)
            {
                int afterAdd = inner.Count;
                for (int side = 0; side < 2 && operands is null; side++)
                {
                    inner.RemoveRange(afterAdd, inner.Count - afterAdd);
                    scale = 1;
                    operands = Scores(sum.Inputs[side]);
                    mask = sum.Inputs[1 - side];
                }
            }

            if (operands is not { } found
                || inner.Count == mark
                || Heads(found.Query, HeadsOutside, scaled: true) is not { } query
                || Key(found.Key) is not { } key)
            {
                return null;
            }

            return Node(merge, query, key, value, mask) is { } node ? (node, inner) : null;
        }

        private Node? Node(Node merge, string query, string key, string value, string mask)
        {
            Shape[] shapes = [.. new[] { query, key, value, merge.Outputs[0] }.Select(
                v => editor.TypeOf(v) is { Element: DataType.Float32, Shape.Rank: 3 } type ? type.Shape : Shape.Scalar)];
            if (Array.Exists(shapes, shape => shape.Rank != 3) || heads == 0)
            {
                return null;
            }

            bool fits = shapes[0].Dimensions[2] == heads * size && shapes[1].Dimensions[2] == heads * size && shapes[2].Dimensions[2] == heads * valueSize
                && shapes[3].Equals(Shape.Of(shapes[0].Dimensions[0], shapes[0].Dimensions[1], heads * valueSize));
            if (!fits || (mask.Length > 0 && !MaskFits(mask, [shapes[0].Dimensions[0], heads, shapes[0].Dimensions[1], shapes[1].Dimensions[1]])))
            {
                return null;
            }

            Attributes attributes = Attributes.None.With("heads", heads).With("size", size).With("value_size", valueSize)
                .With("scale", (float)scale).With("offsets", new long[] { 0, 0, 0 });
            ImmutableArray<string> inputs = mask.Length > 0 ? [query, key, value, mask] : [query, key, value];
            return merge with { Operator = FusedOperators.Attention, Opset = 1, Inputs = inputs, Attributes = attributes };
        }

        private bool MaskFits(string mask, long[] scores)
        {
            if (editor.TypeOf(mask) is not { Element: DataType.Float32, Shape.Rank: <= 4 } type)
            {
                return false;
            }

            ImmutableArray<long> extents = type.Shape.Dimensions;
            return Enumerable.Range(1, extents.Length).All(i => extents[^i] == 1 || extents[^i] == scores[^i]);
        }

        private (string Query, string Key)? Scores(string value) =>
            Step(Unscaled(value), "MatMul") is { } product ? (product.Inputs[0], product.Inputs[1]) : null;

        /// <summary>The projection whose heads a value holds, or null.</summary>
        private string? Heads(string value, ImmutableArray<long> order, bool scaled)
        {
            value = scaled ? Unscaled(value) : value;
            if (Step(value, "Transpose") is not { } turned || !IsPermutation(turned, order))
            {
                return null;
            }

            string split = scaled ? Unscaled(turned.Inputs[0]) : turned.Inputs[0];
            if (Step(split, "Reshape") is not { } reshape
                || editor.TypeOf(split) is not { Shape.Rank: 4 } type
                || editor.TypeOf(reshape.Inputs[0]) is not { Shape.Rank: 3 } whole)
            {
                return null;
            }

            // The reshape must only split the last axis.
            bool splits = type.Shape.Dimensions[0] == whole.Shape.Dimensions[0] && type.Shape.Dimensions[1] == whole.Shape.Dimensions[1];
            long found = type.Shape.Dimensions[2];
            if (!splits || (heads != 0 && heads != found))
            {
                return null;
            }

            heads = found;
            size = scaled ? type.Shape.Dimensions[3] : size;
            valueSize = scaled ? valueSize : type.Shape.Dimensions[3];
            return scaled ? Unscaled(reshape.Inputs[0]) : reshape.Inputs[0];
        }

        private string? Key(string value)
        {
            value = Unscaled(value);
            if (editor.ProducerOf(value, "Transpose") is { } swap && IsPermutation(swap, LastTwoSwapped))
            {
                return Step(value, "Transpose") is null ? null : Heads(swap.Inputs[0], HeadsOutside, scaled: true);
            }

            return Heads(value, HeadsOutsideTurned, scaled: true);
        }

        /// <summary>The value before a multiplication or division by one number, which goes into the scale.</summary>
        private string Unscaled(string value)
        {
            while (editor.HasOneReader(value) && editor.ProducerOf(value) is >= 0 and var index && editor[index] is { Operator: "Mul" or "Div" } node)
            {
                if (editor.Scalar(node.Inputs[1]) is { } right && editor.TypeOf(node.Inputs[0])?.Equals(editor.TypeOf(value)) == true)
                {
                    scale = node.Operator == "Mul" ? scale * right : scale / right;
                    value = node.Inputs[0];
                }
                else if (node.Operator == "Mul"
                    && editor.Scalar(node.Inputs[0]) is { } left
                    && editor.TypeOf(node.Inputs[1])?.Equals(editor.TypeOf(value)) == true)
                {
                    scale *= left;
                    value = node.Inputs[1];
                }
                else
                {
                    break;
                }

                inner.Add(index);
            }

            return value;
        }

        /// <summary>The operator that writes a value nobody else reads.</summary>
        private Node? Step(string value, string operation)
        {
            if (!editor.HasOneReader(value) || editor.ProducerOf(value, operation) is not { } node)
            {
                return null;
            }

            inner.Add(editor.ProducerOf(value));
            return node;
        }

        private bool OverKeys(Node softmax) =>
            editor.TypeOf(softmax.Outputs[0]) is { Shape.Rank: 4 } && softmax.Attributes.Int("axis", softmax.Opset >= 13 ? -1 : 1) is -1 or 3;

        private static bool IsPermutation(Node transpose, ImmutableArray<long> order) =>
            transpose.Attributes.Ints("perm") is { } perm && perm.SequenceEqual(order);
    }
}
