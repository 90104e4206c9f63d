using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Reference;

namespace Attune.Passes.Expansion;

/// <summary>Operators and forms that ONNX dropped again, and that old converters wrote; in operators that stayed.</summary>
internal static class RetiredOperators
{
    /// <summary>Expansions by operator.</summary>
    public static IEnumerable<KeyValuePair<string, Func<ExpansionScope, bool>>> All =>
    [
        new("Crop", Crop),
        new("ImageScaler", ScaledImage),
        new("Affine", Affine),
        new("Scale", static scope => Multiplied(scope, scope.Attributes.Float("scale", 1))),
        new("ScaledTanh", ScaledTanh),
        new("ParametricSoftplus", ParametricSoftplus),
        new("MeanVarianceNormalization", Normalised),
        new("BatchNormalization", ByElement),
    ];

    private static DataType Element(ExpansionScope scope) => scope.Type(0)!.Element;

    private static bool Knows(ExpansionScope scope) => scope.Type(0) is { } type && Numbers.IsFloat(type.Element);

    // Border: left, top, right, bottom; or left and top with the extents (height, width) of what stays.
    private static bool Crop(ExpansionScope scope)
    {
        if (scope.Type(0) is not { Shape.Rank: 4 } x || scope.Attributes.Find("border") is not ImmutableArray<long> { Length: 4 } border)
        {
            return false;
        }

        long height = x.Shape.Dimensions[2];
        long width = x.Shape.Dimensions[3];
        long[] ends = scope.Attributes.Ints("scale") is { Length: 2 } size
            ? [border[1] + size[0], border[0] + size[1]]
            : [height - border[3], width - border[2]];
        if (ends[0] > height || ends[1] > width || ends[0] < border[1] || ends[1] < border[0] || border[0] < 0 || border[1] < 0)
        {
            return false;
        }

        scope.Result("Identity", [scope.Slice(scope.Node.Inputs[0], [border[1], border[0]], ends, [2, 3])]);
        return true;
    }

    private static bool ScaledImage(ExpansionScope scope)
    {
        if (!Knows(scope) || scope.Type(0)!.Shape.Rank != 4)
        {
            return false;
        }

        string scaled = scope.Add("Mul", [scope.Node.Inputs[0], scope.Number("scale", scope.Attributes.Float("scale", 1), Element(scope))]);
        string bias = scope.Attributes.Floats("bias") is { } list
            ? scope.Constant("bias", Scalars.List(list, Element(scope), list.Length, 1, 1))
            : scope.Number("bias", 0, Element(scope));
        scope.Result("Add", [scaled, bias]);
        return true;
    }

    private static bool Affine(ExpansionScope scope)
    {
        if (!Knows(scope))
        {
            return false;
        }

        string scaled = scope.Add("Mul", [scope.Node.Inputs[0], scope.Number("alpha", scope.Attributes.Float("alpha", 1), Element(scope))]);
        scope.Result("Add", [scaled, scope.Number("beta", scope.Attributes.Float("beta", 0), Element(scope))]);
        return true;
    }

    private static bool Multiplied(ExpansionScope scope, float factor)
    {
        if (!Knows(scope))
        {
            return false;
        }

        scope.Result("Mul", [scope.Node.Inputs[0], scope.Number("scale", factor, Element(scope))]);
        return true;
    }

    private static bool ScaledTanh(ExpansionScope scope) => Around(scope, "Tanh");

    private static bool ParametricSoftplus(ExpansionScope scope) => Around(scope, "Softplus");

    // alpha f(beta x)
    private static bool Around(ExpansionScope scope, string function)
    {
        if (!Knows(scope))
        {
            return false;
        }

        string inner = scope.Add("Mul", [scope.Node.Inputs[0], scope.Number("beta", scope.Attributes.Float("beta", 1), Element(scope))]);
        scope.Result("Mul", [scope.Add(function, [inner]), scope.Number("alpha", scope.Attributes.Float("alpha", 1), Element(scope))]);
        return true;
    }

    // Until operator set 8 the statistics could be of every element of an image instead of every channel.
    private static bool ByElement(ExpansionScope scope)
    {
        if (scope.Node.Opset >= 9 || scope.Attributes.Int("spatial", 1) != 0 || !Knows(scope) || scope.Node.Outputs.Length != 1
            || Enumerable.Range(1, 4).Any(i => scope.Type(i) is not { } parameter || !parameter.Shape.Equals(new Shape(scope.Type(0)!.Shape.Dimensions[1..]))))
        {
            return false;
        }

        string epsilon = scope.Number("epsilon", scope.Attributes.Float("epsilon", 1e-5f), Element(scope));
        string deviation = scope.Add("Sqrt", [scope.Add("Add", [scope.Node.Inputs[4], epsilon])]);
        string normal = scope.Add("Div", [scope.Add("Sub", [scope.Node.Inputs[0], scope.Node.Inputs[3]]), deviation]);
        scope.Result("Add", [scope.Add("Mul", [normal, scope.Node.Inputs[1]]), scope.Node.Inputs[2]]);
        return true;
    }

    private static bool Normalised(ExpansionScope scope)
    {
        const int standard = 9;
        if (scope.Node.Opset >= standard || !Knows(scope) || scope.Type(0)!.Shape.Rank < 3)
        {
            return false;
        }

        long first = scope.Attributes.Int("across_channels", 0) != 0 ? 1 : 2;
        long[] axes = [.. Enumerable.Range((int)first, scope.Type(0)!.Shape.Rank - (int)first).Select(static axis => (long)axis)];
        string mean = scope.Reduce("ReduceMean", scope.Node.Inputs[0], axes);
        if (scope.Attributes.Int("normalize_variance", 1) == 0)
        {
            scope.Result("Sub", [scope.Node.Inputs[0], mean]);
            return true;
        }

        string centred = scope.Add("Sub", [scope.Node.Inputs[0], mean]);
        string deviation = scope.Add("Sqrt", [scope.Reduce("ReduceMean", scope.Add("Mul", [centred, centred]), axes)]);
        scope.Result("Div", [centred, scope.Add("Add", [deviation, scope.Number("epsilon", 1e-9, Element(scope))])]);
        return true;
    }
}
