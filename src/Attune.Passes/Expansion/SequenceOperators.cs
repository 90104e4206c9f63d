using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Reference;

namespace Attune.Passes.Expansion;

/// <summary>
/// Sequences of tensors whose length is known when the model is read: they are lists of values here, and nothing of them is left in the network. Sequences that
/// go in or out of the model stay unsupported.
/// </summary>
internal static class SequenceOperators
{
    // A hostile model could ask for as many parts as a tensor has elements.
    private const int MaxParts = 4096;

    /// <summary>Expansions by operator.</summary>
    public static IEnumerable<KeyValuePair<string, Func<ExpansionScope, bool>>> All =>
    [
        new("SequenceEmpty", static scope => Define(scope, [])),
        new("SequenceConstruct", static scope => Define(scope, scope.Node.Inputs)),
        new("SequenceInsert", Inserted),
        new("SequenceErase", Erased),
        new("SequenceAt", At),
        new("SequenceLength", Length),
        new("ConcatFromSequence", Joined),
        new("SplitToSequence", Split),
        new("Identity", static scope => scope.Sequence(0) is { } list && Define(scope, list)),
    ];

    /// <summary>True for operators on sequences, which only an expansion runs.</summary>
    public static bool Handles(string operation) =>
        operation.StartsWith("Sequence", StringComparison.Ordinal) || operation is "SplitToSequence" or "ConcatFromSequence";

    private static bool Define(ExpansionScope scope, ImmutableArray<string> values)
    {
        if (values.Length > MaxParts)
        {
            return false;
        }

        scope.DefineSequence(scope.Node.Outputs[0], values);
        return true;
    }

    /// <summary>The position that an input says, counted from the front; null when it is not known or outside.</summary>
    private static int? Position(ExpansionScope scope, int input, int count, int absent)
    {
        if (!scope.Has(input))
        {
            return absent >= 0 ? absent : null;
        }

        if (scope.Known(input) is not { Count: 1 } constant || constant.Element == DataType.String)
        {
            return null;
        }

        long position = Numbers.ToLong(constant);
        position = position < 0 ? position + count : position;
        return position >= 0 && position <= count ? (int)position : null;
    }

    private static bool Inserted(ExpansionScope scope) => scope.Sequence(0) is { } list && scope.Has(1)
        && Position(scope, 2, list.Length, list.Length) is { } position && Define(scope, list.Insert(position, scope.Node.Inputs[1]));

    private static bool Erased(ExpansionScope scope) => scope.Sequence(0) is { } list
        && Position(scope, 1, list.Length, list.Length - 1) is { } position && position < list.Length && Define(scope, list.RemoveAt(position));

    private static bool At(ExpansionScope scope)
    {
        if (scope.Sequence(0) is not { } list || Position(scope, 1, list.Length, -1) is not { } position || position == list.Length)
        {
            return false;
        }

        scope.Result("Identity", [list[position]]);
        return true;
    }

    private static bool Length(ExpansionScope scope)
    {
        if (scope.Sequence(0) is not { } list)
        {
            return false;
        }

        scope.Result("Identity", [scope.Constant("length", Tensor.Scalar((long)list.Length))]);
        return true;
    }

    private static bool Joined(ExpansionScope scope)
    {
        if (scope.Sequence(0) is not { IsEmpty: false } list || scope.Attributes.Find("axis") is not long axis)
        {
            return false;
        }

        bool stacked = scope.Attributes.Int("new_axis", 0) != 0;
        scope.Result("Concat", stacked ? [.. list.Select(part => scope.Unsqueeze(part, axis))] : [.. list], ("axis", axis));
        return true;
    }

    private static bool Split(ExpansionScope scope)
    {
        if (scope.Type(0) is not { Shape.Rank: > 0 } x || scope.Attributes.Int("axis", 0) is var given && (given < -x.Shape.Rank || given >= x.Shape.Rank))
        {
            return false;
        }

        long axis = given < 0 ? given + x.Shape.Rank : given;
        long extent = x.Shape.Dimensions[(int)axis];
        if (Parts(scope, extent) is not { } parts)
        {
            return false;
        }

        bool squeezed = !scope.Has(1) && scope.Attributes.Int("keepdims", 1) == 0;
        var values = ImmutableArray.CreateBuilder<string>(parts.Length);
        long start = 0;
        foreach (long part in parts)
        {
            string value = scope.Slice(scope.Node.Inputs[0], [start], [start + part], [axis]);
            values.Add(squeezed ? scope.Squeeze(value, axis) : value);
            start += part;
        }

        return Define(scope, values.MoveToImmutable());
    }

    // One by one; in parts of one length, the last of which may be shorter; or in parts of the lengths that are listed.
    private static long[]? Parts(ExpansionScope scope, long extent)
    {
        Tensor? known = scope.Known(1);
        if (scope.Has(1) && (known is null || known.Element is not (DataType.Int32 or DataType.Int64)))
        {
            return null;
        }

        if (known is { Shape.Rank: 1 })
        {
            long[] listed = Numbers.ToLongs(known);
            return listed.Length <= MaxParts && Array.TrueForAll(listed, part => part >= 0 && part <= extent) && listed.Sum() == extent ? listed : null;
        }

        long length = known is null ? 1 : Numbers.ToLong(known);
        return length < 1 || (extent + length - 1) / length > MaxParts ? null
            : [.. Enumerable.Range(0, (int)((extent + length - 1) / length)).Select(i => Math.Min(length, extent - (i * length)))];
    }
}
