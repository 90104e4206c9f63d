using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Reference;

namespace Attune.Passes.Expansion;

/// <summary>
/// Attention of ONNX Runtime's own domain, written as ONNX's Attention, which is expanded in its turn. Buffers that a call shares with the next are not
/// supported: what they hold is not seen in a model.
/// </summary>
internal static class ContributedAttention
{
    /// <summary>Expansions by operator.</summary>
    public static IEnumerable<KeyValuePair<string, Func<ExpansionScope, bool>>> All =>
    [
        new(ContributedOperators.Domain + "Attention", OfOneInput),
        new(ContributedOperators.Domain + "MultiHeadAttention", MultiHeadExpansion.Expand),
        new(ContributedOperators.Domain + "GroupQueryAttention", GroupedExpansion.Expand),
        new(ContributedOperators.Domain + "RotaryEmbedding", Rotary),
    ];

    // Inputs: x, weights and biases of all three projections side by side, mask, past keys and values in one, summand of the scores.
    private static bool OfOneInput(ExpansionScope scope)
    {
        const int mask = 3;
        const int past = 4;
        const int added = 5;
        const int pastLength = 6;
        long heads = scope.Attributes.Int("num_heads", 0);
        if (heads < 1 || scope.Type(0) is not { Shape.Rank: 3 } x || scope.Type(1) is not { Shape.Rank: 2 } weights || !Numbers.IsFloat(x.Element)
            || scope.Attributes.Int("do_rotary", 0) != 0 || scope.Attributes.Int("past_present_share_buffer", 0) != 0 || scope.Has(pastLength)
            || (scope.Has(past) && scope.Type(past) is not { Shape.Rank: 5 }))
        {
            return false;
        }

        long width = weights.Shape.Dimensions[1];
        ImmutableArray<long> widths = scope.Attributes.Ints("qkv_hidden_sizes") is { Length: 3 } given ? given : [width / 3, width / 3, width / 3];
        if (widths.Sum() != width || widths[0] != widths[1] || widths.Any(size => size < 1 || size % heads != 0))
        {
            return false;
        }

        long earlier = scope.Type(past)?.Shape.Dimensions[3] ?? 0;
        var extents = new AttentionBias(x.Element, x.Shape.Dimensions[0], x.Shape.Dimensions[1], x.Shape.Dimensions[1] + earlier);
        if (extents.Write(scope, mask, added) is not { } bias)
        {
            return false;
        }

        string[] inputs = [Projected(scope, 0, widths[0]), Projected(scope, widths[0], widths[1]), Projected(scope, widths[0] + widths[1], widths[2]), bias];
        bool present = scope.Wants(1);
        string[] outputs = present ? [scope.Node.Outputs[0], scope.Value("keys"), scope.Value("values")] : [scope.Node.Outputs[0]];
        string[] before = scope.Has(past) ? [Half(scope, past, 0), Half(scope, past, 1)] : [];
        scope.Write("Attention", [.. inputs, .. before], outputs, ("q_num_heads", heads), ("kv_num_heads", heads), Scale(scope));
        if (present)
        {
            string[] both = [scope.Unsqueeze(outputs[1], 0), scope.Unsqueeze(outputs[2], 0)];
            scope.Write("Concat", both, [scope.Node.Outputs[1]], ("axis", 0L));
        }

        return true;
    }

    /// <summary>The factor of the scores as ONNX's Attention has it; 0 stands for one over the root of the size of a head.</summary>
    public static (string Name, object Value) Scale(ExpansionScope scope) => ("scale", scope.Attributes.Float("scale", 0));

    private static string Projected(ExpansionScope scope, long start, long width)
    {
        string product = scope.Add("MatMul", [scope.Node.Inputs[0], scope.Slice(scope.Node.Inputs[1], [start], [start + width], [1])]);
        return scope.Has(2) ? scope.Add("Add", [product, scope.Slice(scope.Node.Inputs[2], [start], [start + width], [0])]) : product;
    }

    private static string Half(ExpansionScope scope, int input, long index) =>
        scope.Squeeze(scope.Slice(scope.Node.Inputs[input], [index], [index + 1], [0]), 0);

    // As ONNX's, but with positions before the tables, and a position of the first where only one is given.
    private static bool Rotary(ExpansionScope scope)
    {
        if (scope.Type(0) is not { Shape.Rank: 3 or 4 } x || scope.Type(1) is not { Element: DataType.Int64 } positions
            || scope.Type(2) is not { Shape.Rank: 2 } table || !scope.Has(3) || !Numbers.IsFloat(x.Element) || scope.Attributes.Float("scale", 1) != 1
            || scope.Attributes.Int("is_packed_batching", 0) != 0)
        {
            return false;
        }

        bool flat = x.Shape.Rank == 3;
        long width = x.Shape.Dimensions[^1];
        long part = scope.Attributes.Int("rotary_embedding_dim", 0);
        long turned = 2 * table.Shape.Dimensions[1];
        long heads = scope.Attributes.Int("num_heads", 0) is > 0 and var given ? given : flat && part == 0 && turned > 0 ? width / turned : 1;
        if ((part > 0 && part != turned) || turned == 0 || (flat && width % heads != 0) || turned > (flat ? width / heads : width))
        {
            return false;
        }

        long length = x.Shape.Dimensions[flat ? 1 : 2];
        string places = scope.Node.Inputs[1];
        if (!positions.Shape.Equals(Shape.Of(x.Shape.Dimensions[0], length)))
        {
            if (positions.Shape.Count != 1)
            {
                return false;
            }

            long[] behind = [.. Enumerable.Range(0, (int)length).Select(static i => (long)i)];
            places = scope.Add("Add", [scope.Reshape(places, 1, 1), scope.Constant("behind", Tensor.Of(Shape.Of(1, length), behind))]);
        }

        scope.Result(
            "RotaryEmbedding", [scope.Node.Inputs[0], scope.Node.Inputs[2], scope.Node.Inputs[3], places], ("num_heads", heads),
            ("interleaved", scope.Attributes.Int("interleaved", 0)), ("rotary_embedding_dim", turned));
        return true;
    }
}
