using System.Collections.Frozen;
using Attune.Kernels;
using Attune.Reference;

namespace Attune.Passes.Expansion;

/// <summary>
/// Operators of the sets before 7, written as 7 has them: operands were stretched by attributes, lists and types were given in other ways. What did not change
/// only loses the attributes that told a runtime which memory to reuse.
/// </summary>
internal static class OldForms
{
    /// <summary>The first operator set whose broadcasting is that of today.</summary>
    public const int Since = 7;

    // Hints and modes of training that no later set has.
    private static readonly string[] Dropped = ["consumed_inputs", "broadcast", "is_test", "output_sequence"];

    private static readonly FrozenDictionary<string, DataType> Types = new Dictionary<string, DataType>(StringComparer.OrdinalIgnoreCase)
    {
        ["FLOAT"] = DataType.Float32,
        ["UINT8"] = DataType.UInt8,
        ["INT8"] = DataType.Int8,
        ["UINT16"] = DataType.UInt16,
        ["INT16"] = DataType.Int16,
        ["INT32"] = DataType.Int32,
        ["INT64"] = DataType.Int64,
        ["STRING"] = DataType.String,
        ["BOOL"] = DataType.Bool,
        ["FLOAT16"] = DataType.Float16,
        ["DOUBLE"] = DataType.Float64,
        ["UINT32"] = DataType.UInt32,
        ["UINT64"] = DataType.UInt64,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Writes the node as operator set 7 has it; false when it is of a newer set, or needs what is not known.</summary>
    public static bool Expand(ExpansionScope scope)
    {
        if (scope.Node.Opset >= Since || scope.Node.Operator.Contains('.'))
        {
            return false;
        }

        switch (scope.Node.Operator)
        {
            case "Add" or "Sub" or "Mul" or "Div" or "Pow" or "And" or "Or" or "Xor" or "Equal" or "Greater" or "Less":
                return Stretched(scope);
            case "PRelu":
                return Slopes(scope);
            case "Reshape" when scope.Attributes.Ints("shape") is { } extents:
                scope.Rewrite([scope.Node.Inputs[0], scope.Integers("shape", [.. extents])], Kept(scope).Without("shape"));
                return true;
            case "Cast" when scope.Attributes.Find("to") is string name:
                return Typed(scope, name);
            case "Pad" when scope.Attributes.Find("paddings") is { } pads:
                scope.Rewrite(Kept(scope).Without("paddings").With("pads", pads));
                return true;
            case "Concat":
                scope.Rewrite(Kept(scope).With("axis", scope.Attributes.Int("axis", 1)));
                return true;
            case "Upsample" when !scope.Attributes.Has("scales"):
                return Enlarged(scope);
            case "Selu":
                scope.Rewrite(Kept(scope).With("alpha", scope.Attributes.Float("alpha", 1.6732f)).With("gamma", scope.Attributes.Float("gamma", 1.0507f)));
                return true;
            case "LpPool" or "GlobalLpPool" when scope.Attributes.Find("p") is float p:
                scope.Rewrite(Kept(scope).With("p", (long)p));
                return true;
            case "Split" when scope.Known(1) is { } parts:
                scope.Rewrite(scope.Node.Inputs[..1], Kept(scope).With("split", parts.Elements<long>()));
                return true;
            case "Tile" when scope.Node.Inputs.Length == 3:
                return Repeated(scope);
            default:
                return Plain(scope);
        }
    }

    private static Attributes Kept(ExpansionScope scope) => Dropped.Aggregate(scope.Attributes, static (kept, name) => kept.Without(name));

    private static bool Plain(ExpansionScope scope)
    {
        // A network is read to be run: what is dropped, or measured, in training is not.
        if (scope.Node.Operator is "Dropout" or "BatchNormalization" && scope.Attributes.Find("is_test") is not 1L)
        {
            scope.Warnings.Add($"{scope.Node.Operator} is stored for training (is_test is not 1); it is run as at inference.");
        }

        scope.Rewrite(Kept(scope));
        return true;
    }

    // With an axis the second operand's axes go with those of the first from there on; without, and in NumPy's rule, with the last ones.
    private static bool Stretched(ExpansionScope scope)
    {
        Attributes kept = Kept(scope).Without("axis");
        if (scope.Attributes.Find("broadcast") is not 1L || scope.Attributes.Find("axis") is not long axis)
        {
            scope.Rewrite(kept);
            return true;
        }

        if (scope.Type(0) is not { } first || scope.Type(1) is not { } second)
        {
            return false;
        }

        long from = axis < 0 ? axis + first.Shape.Rank : axis;
        long behind = first.Shape.Rank - from - second.Shape.Rank;
        if (from < 0 || behind < 0)
        {
            return false;
        }

        string operand = behind == 0 ? scope.Node.Inputs[1] : Lengthened(scope, second.Shape.Rank, (int)behind);
        scope.Rewrite([scope.Node.Inputs[0], operand], kept);
        return true;
    }

    private static string Lengthened(ExpansionScope scope, int rank, int behind) => scope.Known(1) is { } constant
        ? scope.Constant("operand", constant.Reshape(new Shape([.. constant.Shape.Dimensions, .. Enumerable.Repeat(1L, behind)])))
        : scope.Unsqueeze(scope.Node.Inputs[1], [.. Enumerable.Range(rank, behind).Select(static axis => (long)axis)]);

    private static bool Slopes(ExpansionScope scope)
    {
        if (scope.Type(0) is not { } x || scope.Type(1) is not { } slope)
        {
            return false;
        }

        // A list of slopes goes with the channels.
        bool perChannel = slope.Shape.Rank == 1 && slope.Shape.Count > 1 && x.Shape.Rank > 2;
        scope.Rewrite([scope.Node.Inputs[0], perChannel ? Lengthened(scope, 1, x.Shape.Rank - 2) : scope.Node.Inputs[1]], Kept(scope));
        return true;
    }

    private static bool Typed(ExpansionScope scope, string name)
    {
        if (!Types.TryGetValue(name, out DataType element))
        {
            return false;
        }

        scope.Rewrite(Kept(scope).With("to", (long)element));
        return true;
    }

    private static bool Enlarged(ExpansionScope scope)
    {
        if (scope.Attributes.Find("height_scale") is not float height || scope.Attributes.Find("width_scale") is not float width)
        {
            return false;
        }

        scope.Rewrite(Kept(scope).Without("height_scale").Without("width_scale").With("scales", new[] { 1, 1, height, width }));
        return true;
    }

    private static bool Repeated(ExpansionScope scope)
    {
        if (scope.Type(0) is not { } x || scope.Known(1) is not { Count: 1 } times || scope.Known(2) is not { Count: 1 } along)
        {
            return false;
        }

        long axis = Numbers.ToLong(along);
        if (axis < 0 || axis >= x.Shape.Rank)
        {
            return false;
        }

        long[] repeats = [.. Enumerable.Repeat(1L, x.Shape.Rank)];
        repeats[axis] = Numbers.ToLong(times);
        scope.Rewrite([scope.Node.Inputs[0], scope.Integers("repeats", repeats)], Kept(scope));
        return true;
    }
}
