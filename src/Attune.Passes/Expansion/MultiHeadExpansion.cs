using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Reference;

namespace Attune.Passes.Expansion;

/// <summary>
/// ONNX Runtime's MultiHeadAttention. Queries, keys and values come apart, packed by head (batch, length, heads, 3 or 2, size), or keys and values by head
/// (batch, heads, length, size) from an encoder; one bias for all three.
/// </summary>
internal static class MultiHeadExpansion
{
    private const int Mask = 4;
    private const int Added = 5;
    private const int PastKey = 6;
    private const int PastValue = 7;

    /// <summary>Writes the node in other operators.</summary>
    public static bool Expand(ExpansionScope scope)
    {
        long heads = scope.Attributes.Int("num_heads", 0);
        if (heads < 1 || scope.Type(0) is not { } first || !Numbers.IsFloat(first.Element) || scope.Wants(3)
            || scope.Node.Inputs.Skip(PastValue + 1).Any(IsGiven) || scope.Has(PastKey) != scope.Has(PastValue)
            || (scope.Has(PastKey) && scope.Type(PastKey) is not { Shape.Rank: 4 })
            || Parts(scope, heads) is not { } parts || (scope.Has(3) && scope.Type(3)?.Shape.Equals(Shape.Of((2 * parts.Width) + parts.ValueWidth)) != true))
        {
            return false;
        }

        long past = scope.Type(PastKey)?.Shape.Dimensions[2] ?? 0;
        (long batch, long queries) = (first.Shape.Dimensions[0], first.Shape.Dimensions[1]);
        if ((parts.ByHead && past > 0) || new AttentionBias(first.Element, batch, queries, parts.Keys + past).Write(scope, Mask, Added) is not { } bias)
        {
            return false;
        }

        string query = Biased(scope, parts.Query, 0, parts.Width);
        string[] before = scope.Has(PastKey) ? [scope.Node.Inputs[PastKey], scope.Node.Inputs[PastValue]] : [];
        string[] others = [.. scope.Node.Outputs.Skip(1)];
        (string, object)[] attributes = [("q_num_heads", heads), ("kv_num_heads", heads), ContributedAttention.Scale(scope)];
        if (!parts.ByHead)
        {
            string key = Biased(scope, parts.Key, parts.Width, parts.Width);
            string value = Biased(scope, parts.Value, 2 * parts.Width, parts.ValueWidth);
            scope.Write("Attention", [query, key, value, bias, .. before], [scope.Node.Outputs[0], .. others], attributes);
            return true;
        }

        string split = scope.Reshape(query, batch, queries, heads, parts.Width / heads);
        string turned = scope.Add("Transpose", [split], ("perm", new long[] { 0, 2, 1, 3 }));
        string mixed = scope.Value("mixed");
        scope.Write("Attention", [turned, parts.Key, parts.Value, bias], [mixed, .. others], attributes);
        string beside = scope.Add("Transpose", [mixed], ("perm", new long[] { 0, 2, 1, 3 }));
        scope.Result("Reshape", [beside, scope.Integers("shape", batch, queries, parts.ValueWidth)]);
        return true;
    }

    private static bool IsGiven(string name) => name.Length > 0;

    private static string Biased(ExpansionScope scope, string value, long start, long width) =>
        scope.Has(3) ? scope.Add("Add", [value, scope.Slice(scope.Node.Inputs[3], [start], [start + width], [0])]) : value;

    private static Projections? Parts(ExpansionScope scope, long heads)
    {
        ImmutableArray<long> query = scope.Type(0)!.Shape.Dimensions;
        if (query.Length == 5 && query[2] == heads && query[3] == 3 && !scope.Has(1) && !scope.Has(2))
        {
            return new Projections(Packed(scope, 0, 0), Packed(scope, 0, 1), Packed(scope, 0, 2), query[1], heads * query[4], heads * query[4], ByHead: false);
        }

        if (query.Length != 3 || query[2] % heads != 0 || scope.Type(1)?.Shape.Dimensions is not { } key)
        {
            return null;
        }

        long width = query[2];
        string first = scope.Node.Inputs[0];
        if (key.Length == 5 && key[2] == heads && key[3] == 2 && key[4] * heads == width && !scope.Has(2))
        {
            return new Projections(first, Packed(scope, 1, 0), Packed(scope, 1, 1), key[1], width, width, ByHead: false);
        }

        if (scope.Type(2)?.Shape.Dimensions is not { } value || value.Length != key.Length)
        {
            return null;
        }

        return key.Length switch
        {
            3 when key[2] == width && value[2] % heads == 0 && value[1] == key[1] =>
                new Projections(first, scope.Node.Inputs[1], scope.Node.Inputs[2], key[1], width, value[2], ByHead: false),
            4 when key[1] == heads && key[3] * heads == width && value[1] == heads && value[2] == key[2] =>
                new Projections(first, scope.Node.Inputs[1], scope.Node.Inputs[2], key[2], width, heads * value[3], ByHead: true),
            _ => null,
        };
    }

    private static string Packed(ExpansionScope scope, int input, long index)
    {
        ImmutableArray<long> extents = scope.Type(input)!.Shape.Dimensions;
        return scope.Reshape(scope.Slice(scope.Node.Inputs[input], [index], [index + 1], [3]), extents[0], extents[1], extents[2] * extents[4]);
    }

    /// <summary>The three operands; keys and values by head or flat.</summary>
    private sealed record Projections(string Query, string Key, string Value, long Keys, long Width, long ValueWidth, bool ByHead);
}
