using Attune.Kernels;
using Attune.Reference;

namespace Attune.Passes.Expansion;

/// <summary>Conversions to and from element types that no tensor here holds: integers of 4 and 2 bits stand in bytes, 8-bit floats in 32-bit ones.</summary>
internal static class NarrowConversions
{
    /// <summary>Expansions by operator.</summary>
    public static IEnumerable<KeyValuePair<string, Func<ExpansionScope, bool>>> All =>
    [
        new("QuantizeLinear", Quantised),
        new("DequantizeLinear", Dequantised),
        new("Cast", Converted),
    ];

    // Saturated to bytes and then to the narrow range is saturated to the narrow range.
    private static bool Quantised(ExpansionScope scope)
    {
        int wanted = (int)Math.Clamp(scope.Attributes.Int("output_dtype", 0), 0, int.MaxValue);
        int narrow = NarrowElements.Range(wanted) is not null ? wanted : scope.Narrow(2);
        if (NarrowElements.Range(narrow) is not { } range)
        {
            return false;
        }

        DataType element = NarrowElements.Unpacked(narrow);
        Attributes attributes = scope.Attributes.Without("output_dtype");
        string bytes = scope.Value("bytes");
        scope.Put(scope.Node with
        {
            Name = bytes,
            Outputs = [bytes],
            Inputs = scope.Has(2) ? scope.Node.Inputs : [.. scope.Node.Inputs[..2], scope.Constant("zero", Tensor.Zeros(element, Shape.Scalar))],
            Attributes = attributes,
        });
        scope.Result("Clip", [bytes, scope.Number("min", range.Min, element), scope.Number("max", range.Max, element)]);
        return true;
    }

    // (x - zero) scale, with parameters for the whole, for an axis, or for blocks along it.
    private static bool Dequantised(ExpansionScope scope)
    {
        if (scope.Type(0) is not { Element: DataType.Float32 } x || scope.Type(1) is not { } scale || !Numbers.IsFloat(scale.Element)
            || (scope.Has(2) && scope.Type(2) is not { Element: DataType.Float32 }) || Spread(scope, 1, x.Shape) is not { } factor)
        {
            return false;
        }

        string centred = scope.Node.Inputs[0];
        if (scope.Has(2))
        {
            if (Spread(scope, 2, x.Shape) is not { } zero)
            {
                return false;
            }

            centred = scope.Add("Sub", [centred, zero]);
        }

        scope.Result("Mul", [scope.Cast(centred, DataType.Float32, scale.Element), factor]);
        return true;
    }

    private static string? Spread(ExpansionScope scope, int input, Shape shape)
    {
        Shape parameter = scope.Type(input)!.Shape;
        if (parameter.Count == 1)
        {
            return scope.Reshape(scope.Node.Inputs[input], []);
        }

        long axis = scope.Attributes.Int("axis", 1);
        axis = axis < 0 ? axis + shape.Rank : axis;
        long block = scope.Attributes.Int("block_size", 0);
        if (axis < 0 || axis >= shape.Rank)
        {
            return null;
        }

        if (block == 0)
        {
            return parameter.Rank == 1 && parameter.Count == shape.Dimensions[(int)axis]
                ? scope.Unsqueeze(scope.Node.Inputs[input], [.. Enumerable.Range(1, shape.Rank - 1 - (int)axis).Select(static i => (long)i)])
                : null;
        }

        long blocks = block > 0 ? shape.Dimensions[(int)axis] / block : 0;
        if (blocks * block != shape.Dimensions[(int)axis] || !parameter.Equals(new Shape(shape.Dimensions.SetItem((int)axis, blocks))))
        {
            return null;
        }

        long[] repeated = [.. parameter.Dimensions];
        string several = scope.Add(
            "Expand",
            [
                scope.Unsqueeze(scope.Node.Inputs[input], axis + 1),
                scope.Integers("several", [.. repeated[..((int)axis + 1)], block, .. repeated[((int)axis + 1)..]]),
            ]);
        return scope.Reshape(several, [.. shape.Dimensions]);
    }

    // Floats are rounded and saturated, integers lose their upper bits.
    private static bool Converted(ExpansionScope scope)
    {
        int wanted = (int)Math.Clamp(scope.Attributes.Find("to") as long? ?? 0, 0, int.MaxValue);
        if (NarrowElements.Range(wanted) is not { } range || scope.Type(0) is not { Element: not DataType.String } x)
        {
            return false;
        }

        DataType element = NarrowElements.Unpacked(wanted);
        if (Numbers.IsFloat(x.Element))
        {
            string whole = scope.Add("Round", [scope.Node.Inputs[0]]);
            string saturated = scope.Add("Clip", [whole, scope.Number("min", range.Min, x.Element), scope.Number("max", range.Max, x.Element)]);
            scope.Result("Cast", [saturated], ("to", (long)element));
            return true;
        }

        // Modulo the number of values, counted from the smallest one.
        string wide = scope.Cast(scope.Node.Inputs[0], x.Element, DataType.Int64);
        string shifted = scope.Add("Sub", [wide, scope.Number("least", range.Min, DataType.Int64)]);
        string rest = scope.Add("Mod", [shifted, scope.Number("values", range.Max - range.Min + 1, DataType.Int64)]);
        scope.Result("Cast", [scope.Add("Add", [rest, scope.Number("smallest", range.Min, DataType.Int64)])], ("to", (long)element));
        return true;
    }
}
