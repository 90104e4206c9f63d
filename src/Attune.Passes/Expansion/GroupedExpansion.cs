using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Reference;

namespace Attune.Passes.Expansion;

/// <summary>
/// ONNX Runtime's GroupQueryAttention: causal, heads of keys serve several heads of queries, and what is kept for later calls begins at position 0, with
/// free room behind it. How many positions there are in all must be known, since the extents of results depend on it.
/// </summary>
internal static class GroupedExpansion
{
    private const int PastKey = 3;
    private const int PastValue = 4;
    private const int Lengths = 5;
    private const int Total = 6;
    private const int Cosines = 7;
    private const int Sines = 8;
    private const long MaxPairs = 1 << 26;

    /// <summary>Writes the node in other operators.</summary>
    public static bool Expand(ExpansionScope scope)
    {
        if (Extents.Of(scope) is not { } extents)
        {
            return false;
        }

        (long width, long keyWidth) = (extents.Heads * extents.Size, extents.KeyHeads * extents.Size);
        string[] parts = scope.Has(1)
            ? [.. scope.Node.Inputs[..3]]
            : [Part(scope, 0, width), Part(scope, width, keyWidth), Part(scope, width + keyWidth, keyWidth)];
        string? lengths = extents.Ragged ? Earlier(scope, extents) : null;
        if (scope.Attributes.Int("do_rotary", 0) != 0)
        {
            string positions = scope.Constant("at", Tensor.Of(Shape.Of(1, extents.New), Numbered(extents.New, extents.Ragged ? 0 : extents.Earlier)));
            positions = lengths is null ? positions : scope.Add("Add", [lengths, positions]);
            parts[0] = Turned(scope, parts[0], positions, extents.Heads);
            parts[1] = Turned(scope, parts[1], positions, extents.KeyHeads);
        }

        long kept = extents.Ragged ? extents.Room : extents.Earlier;
        string[] past = kept == 0 ? [] : [Kept(scope, PastKey, kept, extents), Kept(scope, PastValue, kept, extents)];
        string[] present = [scope.Value("keys"), scope.Value("values")];
        (string, object)[] attributes =
        [
            ("q_num_heads", extents.Heads), ("kv_num_heads", extents.KeyHeads), ContributedAttention.Scale(scope),
            ("softcap", scope.Attributes.Float("softcap", 0)),
        ];
        string bias = lengths is null ? Known(scope, extents) : Depending(scope, extents, lengths);
        scope.Write("Attention", [parts[0], parts[1], parts[2], bias, .. past], [scope.Node.Outputs[0], .. present], attributes);
        for (int output = 1; output <= 2; output++)
        {
            if (scope.Wants(output))
            {
                Keep(scope, extents, present[output - 1], lengths, scope.Node.Outputs[output]);
            }
        }

        return true;
    }

    private static long[] Numbered(long count, long from) => [.. Enumerable.Range(0, (int)count).Select(i => from + i)];

    private static string Part(ExpansionScope scope, long start, long width) => scope.Slice(scope.Node.Inputs[0], [start], [start + width], [2]);

    private static string Kept(ExpansionScope scope, int input, long kept, Extents extents) =>
        kept == extents.Room ? scope.Node.Inputs[input] : scope.Slice(scope.Node.Inputs[input], [0], [kept], [2]);

    // How many positions each of the batch has from earlier calls; the input says how many it has in all, less one.
    private static string Earlier(ExpansionScope scope, Extents extents)
    {
        string lengths = scope.Cast(scope.Reshape(scope.Node.Inputs[Lengths], extents.Batch, 1), scope.Type(Lengths)!.Element, DataType.Int64);
        return scope.Add("Add", [lengths, scope.Integers("new", 1 - extents.New)]);
    }

    private static string Turned(ExpansionScope scope, string value, string positions, long heads) => scope.Add(
        "RotaryEmbedding", [value, scope.Node.Inputs[Cosines], scope.Node.Inputs[Sines], positions], ("num_heads", heads),
        ("interleaved", scope.Attributes.Int("rotary_interleaved", 0)), ("rotary_embedding_dim", 2 * scope.Type(Cosines)!.Shape.Dimensions[1]));

    private static string Known(ExpansionScope scope, Extents extents)
    {
        long keys = extents.Earlier + extents.New;
        if (extents.New == 1 && (extents.Window < 0 || keys <= extents.Window))
        {
            return string.Empty;
        }

        double[] bias = new double[extents.New * keys];
        for (int i = 0; i < bias.Length; i++)
        {
            long behind = (i / keys) + extents.Earlier - (i % keys);
            bias[i] = behind >= 0 && (extents.Window < 0 || behind < extents.Window) ? 0 : double.NegativeInfinity;
        }

        return scope.Constant("causal", Numbers.FromDoubles(bias, extents.Element, Shape.Of(extents.New, keys)));
    }

    // Keys are those with room for them, then the new ones: what is free in the room counts for nothing. Softmax does not ask for their order.
    private static string Depending(ExpansionScope scope, Extents extents, string lengths)
    {
        string earlier = scope.Reshape(lengths, extents.Batch, 1, 1, 1);
        string room = scope.Constant("room", Tensor.Of(Shape.Of(1, 1, 1, extents.Room), Numbered(extents.Room, 0)));
        string added = scope.Add("Add", [earlier, scope.Constant("added", Tensor.Of(Shape.Of(1, 1, 1, extents.New), Numbered(extents.New, 0)))]);
        string query = scope.Add("Add", [earlier, scope.Constant("query", Tensor.Of(Shape.Of(1, 1, extents.New, 1), Numbered(extents.New, 0)))]);
        string free = scope.Constant("free", Tensor.Of(Shape.Of(1, 1, 1, 1), new[] { extents.Room + extents.New }));
        string position = scope.Add("Concat", [scope.Add("Where", [scope.Add("Less", [room, earlier]), room, free]), added], ("axis", 3L));
        string behind = scope.Add("Sub", [query, position]);
        string allowed = scope.Add("Less", [scope.Integers("before", -1), behind]);
        if (extents.Window >= 0)
        {
            allowed = scope.Add("And", [allowed, scope.Add("Less", [behind, scope.Integers("window", extents.Window)])]);
        }

        return scope.Add("Where", [allowed, scope.Number("allowed", 0, extents.Element), scope.Number("forbidden", double.NegativeInfinity, extents.Element)]);
    }

    // What later calls get: positions in order, and zeros where there is room left.
    private static void Keep(ExpansionScope scope, Extents extents, string all, string? lengths, string output)
    {
        long length = Math.Max(extents.Room, extents.All);
        long free = lengths is null ? length - extents.All : 1;
        if (free > 0)
        {
            long[] room = [extents.Batch, extents.KeyHeads, free, extents.Size];
            string zeros = scope.Constant("zeros", Numbers.FromDoubles(new double[Shape.Of(room).Count], extents.Element, Shape.Of(room)));
            all = scope.Add("Concat", [all, zeros], ("axis", 2L));
        }

        if (lengths is null)
        {
            scope.Write("Identity", [all], [output]);
            return;
        }

        string position = scope.Constant("position", Tensor.Of(Shape.Of(1, length), Numbered(length, 0)));
        string added = scope.Add("Add", [scope.Add("Sub", [position, lengths]), scope.Integers("room", extents.Room)]);
        string end = scope.Add("Add", [lengths, scope.Integers("new", extents.New)]);
        string behind = scope.Add("Where", [scope.Add("Less", [position, end]), added, scope.Integers("none", extents.Room + extents.New)]);
        string row = scope.Add("Where", [scope.Add("Less", [position, lengths]), position, behind]);
        string shape = scope.Integers("shape", extents.Batch, extents.KeyHeads, length, extents.Size);
        string rows = scope.Add("Expand", [scope.Reshape(row, extents.Batch, 1, length, 1), shape]);
        scope.Write("GatherElements", [all, rows], [output], ("axis", 2L));
    }

    /// <summary>Extents of one attention.</summary>
    /// <param name="Element">Element type.</param>
    /// <param name="Batch">Sentences.</param>
    /// <param name="Heads">Heads of queries.</param>
    /// <param name="KeyHeads">Heads of keys and values.</param>
    /// <param name="Size">Size of a head.</param>
    /// <param name="New">New positions.</param>
    /// <param name="Room">Positions that what was kept has room for.</param>
    /// <param name="All">Positions in all, of the longest of the batch.</param>
    /// <param name="Window">How many positions a query sees, its own included; below 0 for all.</param>
    private sealed record Extents(DataType Element, long Batch, long Heads, long KeyHeads, long Size, long New, long Room, long All, long Window)
    {
        public long Earlier => All - New;

        public bool Ragged => Batch > 1 && Earlier > 0;

        public static Extents? Of(ExpansionScope scope)
        {
            long heads = scope.Attributes.Int("num_heads", 0);
            long keyHeads = scope.Attributes.Int("kv_num_heads", 0);
            bool packed = !scope.Has(1);
            if (scope.Type(0) is not { Shape.Rank: 3 } q || !Numbers.IsFloat(q.Element) || heads < 1 || keyHeads < 1 || heads % keyHeads != 0
                || packed != !scope.Has(2) || scope.Has(PastKey) != scope.Has(PastValue)
                || scope.Type(Lengths)?.Element is not (DataType.Int32 or DataType.Int64)
                || scope.Node.Inputs.Skip(Sines + 1).Any(static name => name.Length > 0) || scope.Attributes.Int("smooth_softmax", 0) == 1
                || scope.Wants(3))
            {
                return null;
            }

            ImmutableArray<long> extents = q.Shape.Dimensions;
            long parts = packed ? heads + (2 * keyHeads) : heads;
            long size = extents[2] / parts;
            var part = new Shape([extents[0], extents[1], keyHeads * size]);
            var past = scope.Type(PastKey)?.Shape;
            long room = past is { Rank: 4 } ? past.Dimensions[2] : 0;
            long all = room == 0 ? extents[1] : scope.Known(Total) is { Shape.Count: 1 } total ? Numbers.ToLongs(total)[0] : -1;
            long window = scope.Attributes.Int("local_window_size", -1);
            var found = new Extents(q.Element, extents[0], heads, keyHeads, size, extents[1], room, all, window < 0 ? -1 : window);
            bool fits = size > 0 && extents[2] % parts == 0 && window != 0 && found.Earlier >= 0 && found.Earlier <= room
                && (packed || (scope.Type(1)?.Shape.Equals(part) == true && scope.Type(2)?.Shape.Equals(part) == true))
                && (!scope.Has(PastKey) || past?.Equals(Shape.Of(extents[0], keyHeads, room, size)) == true)
                && (!scope.Has(PastKey) || scope.Type(PastValue)?.Shape.Equals(past) == true)
                && scope.Type(Lengths)!.Shape.Count == extents[0] && found.New * (found.Room + found.New) <= MaxPairs && Turnable(scope, found);
            return fits ? found : null;
        }

        private static bool Turnable(ExpansionScope scope, Extents extents) => scope.Attributes.Int("do_rotary", 0) == 0
            || (scope.Type(Cosines) is { Shape.Rank: 2 } cosines && scope.Type(Sines)?.Equals(cosines) == true
                && 2 * cosines.Shape.Dimensions[1] <= extents.Size && extents.All <= cosines.Shape.Dimensions[0]);
    }
}
