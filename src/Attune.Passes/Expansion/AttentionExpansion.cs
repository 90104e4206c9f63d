using Attune.Kernels;
using Attune.Reference;

namespace Attune.Passes.Expansion;

/// <summary>
/// ONNX's Attention: softmax(cap(q k^T scale) + bias) v by head, with keys and values of earlier calls, fewer heads of keys than of queries, and masks that
/// are given, causal, or by the number of valid keys. Refused are shapes that contradict each other, which leaves the node as it is.
/// </summary>
internal static class AttentionExpansion
{
    private const int Mask = 3;
    private const int PastKey = 4;
    private const int PastValue = 5;
    private const int Valid = 6;

    /// <summary>Writes the node in other operators.</summary>
    public static bool Expand(ExpansionScope scope)
    {
        if (Shapes.Of(scope) is not { } shapes)
        {
            return false;
        }

        string q = ByHead(scope, 0, shapes.Queries, shapes.Heads);
        string k = WithPast(scope, PastKey, ByHead(scope, 1, shapes.NewKeys, shapes.KeyHeads), output: 1);
        string v = WithPast(scope, PastValue, ByHead(scope, 2, shapes.NewKeys, shapes.KeyHeads), output: 2);
        string keys = scope.Add("Transpose", [Repeated(scope, k, shapes, shapes.Size)], ("perm", new long[] { 0, 1, 3, 2 }));
        string values = Repeated(scope, v, shapes, shapes.ValueSize);
        float scale = scope.Attributes.Float("scale", 0) is not 0 and var given ? given : (float)(1 / Math.Sqrt(shapes.Size));
        string scores = Capped(scope, scope.Add("Mul", [scope.Add("MatMul", [q, keys]), scope.Number("scale", scale, shapes.Element)]), shapes.Element);
        string capped = scores;
        foreach (string bias in Biases(scope, shapes))
        {
            scores = scope.Add("Add", [scores, bias]);
        }

        DataType precise = scope.Attributes.Find("softmax_precision") is long number && Numbers.IsFloat((DataType)number) ? (DataType)number : shapes.Element;
        string shares = scope.Cast(scope.Add("Softmax", [scope.Cast(scores, shapes.Element, precise)], ("axis", -1L)), precise, shapes.Element);
        if (scope.Wants(3))
        {
            string shown = scope.Attributes.Int("qk_matmul_output_mode", 0) switch { 3 => shares, 2 => scores, _ => capped };
            scope.Write("Identity", [shown], [scope.Node.Outputs[3]]);
        }

        if (!shapes.Flat)
        {
            scope.Result("MatMul", [shares, values]);
            return true;
        }

        string beside = scope.Add("Transpose", [scope.Add("MatMul", [shares, values])], ("perm", new long[] { 0, 2, 1, 3 }));
        scope.Result("Reshape", [beside, scope.Integers("shape", shapes.Batch, shapes.Queries, shapes.Heads * shapes.ValueSize)]);
        return true;
    }

    private static string ByHead(ExpansionScope scope, int input, long length, long heads) => scope.Type(input)!.Shape.Rank == 4
        ? scope.Node.Inputs[input]
        : scope.Add(
            "Transpose", [scope.Reshape(scope.Node.Inputs[input], 0, length, heads, scope.Type(input)!.Shape.Dimensions[2] / heads)],
            ("perm", new long[] { 0, 2, 1, 3 }));

    private static string WithPast(ExpansionScope scope, int past, string value, int output)
    {
        string all = scope.Has(past) ? scope.Add("Concat", [scope.Node.Inputs[past], value], ("axis", 2L)) : value;
        if (scope.Wants(output))
        {
            scope.Write("Identity", [all], [scope.Node.Outputs[output]]);
        }

        return all;
    }

    // Every head of keys serves several heads of queries, which lie together.
    private static string Repeated(ExpansionScope scope, string value, Shapes shapes, long size)
    {
        if (shapes.Heads == shapes.KeyHeads)
        {
            return value;
        }

        string several = scope.Add(
            "Expand",
            [
                scope.Unsqueeze(value, 2),
                scope.Integers("several", shapes.Batch, shapes.KeyHeads, shapes.Heads / shapes.KeyHeads, shapes.Keys, size),
            ]);
        return scope.Reshape(several, shapes.Batch, shapes.Heads, shapes.Keys, size);
    }

    private static string Capped(ExpansionScope scope, string scores, DataType element)
    {
        if (scope.Attributes.Float("softcap", 0) is var cap && cap <= 0)
        {
            return scores;
        }

        string limit = scope.Number("softcap", cap, element);
        return scope.Add("Mul", [scope.Add("Tanh", [scope.Add("Div", [scores, limit])]), limit]);
    }

    private static IEnumerable<string> Biases(ExpansionScope scope, Shapes shapes)
    {
        bool causal = scope.Attributes.Int("is_causal", 0) != 0;
        bool moving = causal && scope.Has(Valid) && !scope.Has(PastKey);
        if (scope.Has(Mask))
        {
            yield return GivenMask(scope, shapes);
        }

        if (causal && !moving)
        {
            yield return scope.Constant("causal", Causal(shapes));
        }

        if (scope.Has(Valid))
        {
            // Keys behind the valid ones count for nothing; the last query sees the last valid key, each one before sees one key less.
            string count = scope.Reshape(scope.Cast(scope.Node.Inputs[Valid], scope.Type(Valid)!.Element, DataType.Int64), shapes.Batch, 1, 1, 1);
            string position = scope.Constant("keys", Tensor.Of(Shape.Of(1, 1, 1, shapes.Keys), Numbered(shapes.Keys, 0)));
            yield return Forbidden(scope, scope.Add("Less", [position, count]), shapes.Element);
            if (moving)
            {
                string behind = scope.Constant("behind", Tensor.Of(Shape.Of(1, 1, shapes.Queries, 1), Numbered(shapes.Queries, 1 - shapes.Queries)));
                yield return Forbidden(scope, scope.Add("Less", [position, scope.Add("Add", [count, behind])]), shapes.Element);
            }
        }
    }

    private static string Forbidden(ExpansionScope scope, string allowed, DataType element) =>
        scope.Add("Where", [allowed, scope.Number("allowed", 0, element), scope.Number("forbidden", double.NegativeInfinity, element)]);

    private static long[] Numbered(long count, long from) => [.. Enumerable.Range(0, (int)count).Select(i => from + i)];

    private static string GivenMask(ExpansionScope scope, Shapes shapes)
    {
        TensorType type = scope.Type(Mask)!;
        string mask = type.Element == DataType.Bool ? Forbidden(scope, scope.Node.Inputs[Mask], shapes.Element) : scope.Node.Inputs[Mask];
        long missing = shapes.Keys - type.Shape.Dimensions[^1];
        if (missing == 0)
        {
            return mask;
        }

        // What a short mask does not reach is forbidden.
        long[] extents = [.. type.Shape.Dimensions[..^1], missing];
        double[] forbidden = new double[Shape.Of(extents).Count];
        Array.Fill(forbidden, double.NegativeInfinity);
        return scope.Add("Concat", [mask, scope.Constant("rest", Numbers.FromDoubles(forbidden, shapes.Element, Shape.Of(extents)))], ("axis", -1L));
    }

    private static Tensor Causal(Shapes shapes)
    {
        double[] bias = new double[shapes.Queries * shapes.Keys];
        for (int i = 0; i < bias.Length; i++)
        {
            bias[i] = i % shapes.Keys > (i / shapes.Keys) + shapes.Past ? double.NegativeInfinity : 0;
        }

        return Numbers.FromDoubles(bias, shapes.Element, Shape.Of(shapes.Queries, shapes.Keys));
    }

    /// <summary>Extents of one attention.</summary>
    private sealed record Shapes(
        DataType Element, bool Flat, long Batch, long Heads, long KeyHeads, long Queries, long NewKeys, long Past, long Size, long ValueSize)
    {
        // A bias is written out; a larger one is not for this path.
        private const long MaxBias = 1 << 26;

        public long Keys => NewKeys + Past;

        public static Shapes? Of(ExpansionScope scope)
        {
            if (scope.Type(0) is not { Shape.Rank: 3 or 4 } q || scope.Type(1) is not { } k || scope.Type(2) is not { } v || !Numbers.IsFloat(q.Element)
                || k.Shape.Rank != q.Shape.Rank || v.Shape.Rank != q.Shape.Rank || scope.Has(PastKey) != scope.Has(PastValue)
                || Enumerable.Range(Mask, 4).Any(input => scope.Has(input) && scope.Type(input) is null))
            {
                return null;
            }

            bool flat = q.Shape.Rank == 3;
            long heads = flat ? scope.Attributes.Int("q_num_heads", 0) : q.Shape.Dimensions[1];
            long keyHeads = flat ? scope.Attributes.Int("kv_num_heads", 0) : k.Shape.Dimensions[1];
            int last = q.Shape.Rank - 1;
            if (heads < 1 || keyHeads < 1 || heads % keyHeads != 0
                || (flat && (q.Shape.Dimensions[last] % heads != 0 || k.Shape.Dimensions[last] % keyHeads != 0 || v.Shape.Dimensions[last] % keyHeads != 0)))
            {
                return null;
            }

            long past = scope.Type(PastKey) is { Shape.Rank: 4 } earlier ? earlier.Shape.Dimensions[2] : 0;
            long size = flat ? q.Shape.Dimensions[last] / heads : q.Shape.Dimensions[last];
            long valueSize = flat ? v.Shape.Dimensions[last] / keyHeads : v.Shape.Dimensions[last];
            var shapes = new Shapes(
                q.Element, flat, q.Shape.Dimensions[0], heads, keyHeads, q.Shape.Dimensions[last - 1], k.Shape.Dimensions[last - 1], past, size, valueSize);
            bool fits = size > 0 && shapes.Queries * shapes.Keys <= MaxBias
                && (scope.Type(Mask) is not { } mask || (mask.Shape.Rank > 0 && mask.Shape.Dimensions[^1] <= shapes.Keys))
                && (scope.Type(Valid) is not { } valid || valid.Shape.Count == shapes.Batch);
            return fits ? shapes : null;
        }
    }
}
