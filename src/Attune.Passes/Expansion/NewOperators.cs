using Attune.Kernels;
using Attune.Reference;

namespace Attune.Passes.Expansion;

/// <summary>
/// Operators that ONNX defines by others since operator set 23, written in those, so that everything that is fused, tuned and compiled fits them.
/// </summary>
internal static class NewOperators
{
    /// <summary>Expansions by operator.</summary>
    public static IEnumerable<KeyValuePair<string, Func<ExpansionScope, bool>>> All =>
    [
        new("RMSNormalization", RootMeanSquare),
        new("Swish", Swish),
        new("RotaryEmbedding", Rotary),
        new("Attention", AttentionExpansion.Expand),
    ];

    // x / sqrt(mean(x x) + epsilon) scale, the quotient in the precision that stash_type names.
    private static bool RootMeanSquare(ExpansionScope scope)
    {
        if (scope.Type(0) is not { Shape.Rank: > 0 } x || scope.Type(1) is not { } scale || !Numbers.IsFloat(x.Element) || !Numbers.IsFloat(scale.Element))
        {
            return false;
        }

        int rank = x.Shape.Rank;
        long axis = scope.Attributes.Int("axis", -1);
        axis = axis < 0 ? axis + rank : axis;
        var stash = (DataType)scope.Attributes.Int("stash_type", (long)DataType.Float32);
        if (axis < 0 || axis >= rank || !Numbers.IsFloat(stash))
        {
            return false;
        }

        DataType computed = x.Element == DataType.Float64 ? DataType.Float64 : stash;
        string wide = scope.Cast(scope.Node.Inputs[0], x.Element, computed);
        string mean = scope.Reduce(
            "ReduceMean", scope.Add("Mul", [wide, wide]), [.. Enumerable.Range((int)axis, rank - (int)axis).Select(static i => (long)i)]);
        string root = scope.Add(
            "Sqrt", [scope.Add("Add", [mean, scope.Number("epsilon", scope.Attributes.Float("epsilon", 1e-5f), computed)])]);
        scope.Result("Mul", [scope.Cast(scope.Add("Div", [wide, root]), computed, scale.Element), scope.Node.Inputs[1]]);
        return true;
    }

    private static bool Swish(ExpansionScope scope)
    {
        if (scope.Type(0) is not { } x || !Numbers.IsFloat(x.Element))
        {
            return false;
        }

        float alpha = scope.Attributes.Float("alpha", 1);
        string input = scope.Node.Inputs[0];
        string inner = alpha == 1 ? input : scope.Add("Mul", [input, scope.Number("alpha", alpha, x.Element)]);
        scope.Result("Mul", [input, scope.Add("Sigmoid", [inner])]);
        return true;
    }

    // Pairs of elements are turned by an angle that depends on the position: (a, b) becomes (a cos - b sin, a sin + b cos).
    private static bool Rotary(ExpansionScope scope)
    {
        if (scope.Type(0) is not { Shape.Rank: 3 or 4 } x || scope.Type(1) is not { } cosines || !scope.Has(2) || (scope.Has(3) && scope.Type(3) is null))
        {
            return false;
        }

        long heads = scope.Attributes.Int("num_heads", 0);
        bool flat = x.Shape.Rank == 3;
        long width = x.Shape.Dimensions[^1];
        if (flat && (heads < 1 || width % heads != 0))
        {
            return false;
        }

        // Heads lie behind the positions in a flat input, before them in one of rank 4.
        long size = flat ? width / heads : width;
        long turned = scope.Attributes.Int("rotary_embedding_dim", 0) is > 0 and var part ? part : size;
        if (turned > size || turned % 2 != 0 || cosines.Shape.Rank != (scope.Has(3) ? 2 : 3) || cosines.Shape.Dimensions[^1] != turned / 2)
        {
            return false;
        }

        string input = flat ? scope.Reshape(scope.Node.Inputs[0], x.Shape.Dimensions[0], x.Shape.Dimensions[1], heads, size) : scope.Node.Inputs[0];
        string cos = Angle(scope, 1, flat);
        string sin = Angle(scope, 2, flat);
        string pairs = turned == size ? input : scope.Slice(input, [0], [turned], [3]);
        (string a, string b) = Halves(scope, pairs, turned);
        string real = scope.Add("Sub", [scope.Add("Mul", [a, cos]), scope.Add("Mul", [b, sin])]);
        string imaginary = scope.Add("Add", [scope.Add("Mul", [a, sin]), scope.Add("Mul", [b, cos])]);
        string rotated = Together(scope, real, imaginary, flat ? [x.Shape.Dimensions[0], x.Shape.Dimensions[1], heads, turned]
            : [.. x.Shape.Dimensions[..3], turned]);
        string whole = turned == size ? rotated : scope.Add("Concat", [rotated, scope.Slice(input, [turned], [size], [3])], ("axis", 3L));
        scope.Result("Reshape", [whole, scope.Integers("shape", [.. x.Shape.Dimensions])]);
        return true;
    }

    private static bool Interleaved(ExpansionScope scope) => scope.Attributes.Int("interleaved", 0) != 0;

    private static string Angle(ExpansionScope scope, int input, bool flat)
    {
        string table = scope.Node.Inputs[input];
        string ofPosition = scope.Has(3) ? scope.Add("Gather", [table, scope.Node.Inputs[3]], ("axis", 0L)) : table;
        return scope.Unsqueeze(ofPosition, flat ? 2 : 1);
    }

    private static (string A, string B) Halves(ExpansionScope scope, string pairs, long width)
    {
        if (!Interleaved(scope))
        {
            return (scope.Slice(pairs, [0], [width / 2], [3]), scope.Slice(pairs, [width / 2], [width], [3]));
        }

        string apart = scope.Reshape(pairs, 0, 0, 0, width / 2, 2);
        return (scope.Squeeze(scope.Slice(apart, [0], [1], [4]), 4), scope.Squeeze(scope.Slice(apart, [1], [2], [4]), 4));
    }

    private static string Together(ExpansionScope scope, string a, string b, ReadOnlySpan<long> extents) => Interleaved(scope)
        ? scope.Reshape(scope.Add("Concat", [scope.Unsqueeze(a, 4), scope.Unsqueeze(b, 4)], ("axis", 4L)), extents)
        : scope.Add("Concat", [a, b], ("axis", 3L));
}
