using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Reference;

namespace Attune.Passes.Expansion;

/// <summary>Products that ONNX Runtime's optimiser merges with transpositions, sums and activations around them; taken apart again.</summary>
internal static class ContributedProducts
{
    /// <summary>Expansions by operator.</summary>
    public static IEnumerable<KeyValuePair<string, Func<ExpansionScope, bool>>> All =>
    [
        new(ContributedOperators.Domain + "FusedMatMul", Product),
        new(ContributedOperators.Domain + "TransposeMatMul", Product),
        new(ContributedOperators.Domain + "FusedConv", Convolution),
        new(ContributedOperators.Domain + "FusedGemm", General),
    ];

    private static bool Product(ExpansionScope scope)
    {
        if (scope.Type(0) is not { Shape.Rank: > 0 } a || scope.Type(1) is not { Shape.Rank: > 0 } || !Numbers.IsFloat(a.Element)
            || scope.Attributes.Int("transBatchA", 0) != 0 || scope.Attributes.Int("transBatchB", 0) != 0)
        {
            return false;
        }

        string[] factors = [Turned(scope, 0, "transA"), Turned(scope, 1, "transB")];
        float alpha = scope.Attributes.Float("alpha", 1);
        if (alpha == 1)
        {
            scope.Result("MatMul", factors);
        }
        else
        {
            scope.Result("Mul", [scope.Add("MatMul", factors), scope.Number("alpha", alpha, a.Element)]);
        }

        return true;
    }

    private static string Turned(ExpansionScope scope, int input, string attribute)
    {
        int rank = scope.Type(input)!.Shape.Rank;
        if (scope.Attributes.Int(attribute, 0) == 0 || rank < 2)
        {
            return scope.Node.Inputs[input];
        }

        long[] order = [.. Enumerable.Range(0, rank).Select(static axis => (long)axis)];
        (order[^1], order[^2]) = (order[^2], order[^1]);
        return scope.Add("Transpose", [scope.Node.Inputs[input]], ("perm", order));
    }

    // activation(conv(x, w) + bias + z)
    private static bool Convolution(ExpansionScope scope)
    {
        const int summand = 3;
        if (scope.Type(0) is not { } x || !Numbers.IsFloat(x.Element) || !scope.Has(1))
        {
            return false;
        }

        Attributes plain = scope.Attributes.Without("activation").Without("activation_params");
        string[] inputs = scope.Has(2) ? [.. scope.Node.Inputs[..3]] : [.. scope.Node.Inputs[..2]];
        string value = scope.Value("conv");
        scope.Write(0, "Conv", inputs, [value], plain);
        if (scope.Has(summand))
        {
            value = scope.Add("Add", [value, scope.Node.Inputs[summand]]);
        }

        return Activated(scope, value, x.Element, scope.Attributes.Find("activation_params") is ImmutableArray<float> list ? [.. list] : []);
    }

    private static bool General(ExpansionScope scope)
    {
        if (scope.Type(0) is not { } a || !Numbers.IsFloat(a.Element) || !scope.Has(1))
        {
            return false;
        }

        Attributes plain = scope.Attributes.Without("activation");
        float?[] parameters = new float?[3];
        foreach ((int i, string name) in new[] { "activation_alpha", "activation_beta", "activation_gamma" }.Index())
        {
            parameters[i] = scope.Attributes.Find(name) is float number ? number : null;
            plain = plain.Without(name);
        }

        string value = scope.Value("gemm");
        scope.Write(0, "Gemm", [.. scope.Node.Inputs], [value], plain);
        return Activated(scope, value, a.Element, [.. parameters.TakeWhile(static number => number is not null).Select(static number => number!.Value)]);
    }

    private static bool Activated(ExpansionScope scope, string value, DataType element, float[] parameters)
    {
        switch (scope.Attributes.Find("activation"))
        {
            case null or "":
                scope.Result("Identity", [value]);
                return true;
            case "Relu" or "Tanh" or "Sigmoid" or "Softplus" or "Softsign":
                scope.Result((string)scope.Attributes.Find("activation")!, [value]);
                return true;
            case "LeakyRelu" or "Elu" or "ThresholdedRelu" when parameters is []:
                scope.Result((string)scope.Attributes.Find("activation")!, [value]);
                return true;
            case "LeakyRelu" or "Elu" or "ThresholdedRelu":
                scope.Result((string)scope.Attributes.Find("activation")!, [value], ("alpha", parameters[0]));
                return true;
            case "HardSigmoid" when parameters is [var slope, var offset, ..]:
                scope.Result("HardSigmoid", [value], ("alpha", slope), ("beta", offset));
                return true;
            case "Clip" when parameters is [var least, var most]:
                string low = scope.Number("least", least, element);
                scope.Result("Min", [scope.Add("Max", [value, low]), scope.Number("most", most, element)]);
                return true;
            default:
                return false;
        }
    }
}
