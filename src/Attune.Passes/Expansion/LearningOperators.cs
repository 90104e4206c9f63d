using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Reference;

namespace Attune.Passes.Expansion;

/// <summary>Operators of ai.onnx.ml that prepare features: what scikit-learn's exporters put before a model, written in operators on tensors.</summary>
internal static class LearningOperators
{
    /// <summary>The domain and its dot.</summary>
    public const string Domain = "ai.onnx.ml.";

    // Classes beyond are not spelt out in a warning.
    private const int MaxNamed = 20;

    /// <summary>Expansions by operator.</summary>
    public static IEnumerable<KeyValuePair<string, Func<ExpansionScope, bool>>> All =>
    [
        new(Domain + "Scaler", Scaled),
        new(Domain + "Normalizer", Normalised),
        new(Domain + "Binarizer", Binary),
        new(Domain + "Imputer", Imputed),
        new(Domain + "ArrayFeatureExtractor", Extracted),
        new(Domain + "FeatureVectorizer", Vectorised),
        new(Domain + "OneHotEncoder", OneHot),
        new(Domain + "ZipMap", Unmapped),
    ];

    /// <summary>The first input as 32-bit floats; null when its type is not known or it holds no numbers.</summary>
    public static string? Floats(ExpansionScope scope, int input = 0) => scope.Type(input) is { Element: not DataType.String } type
        ? scope.Cast(scope.Node.Inputs[input], type.Element, DataType.Float32)
        : null;

    private static bool Scaled(ExpansionScope scope)
    {
        if (Floats(scope) is not { } x || scope.Type(0)!.Shape.Rank < 1)
        {
            return false;
        }

        foreach ((string attribute, string operation) in (ReadOnlySpan<(string, string)>)[("offset", "Sub"), ("scale", "Mul")])
        {
            if (scope.Attributes.Find(attribute) is ImmutableArray<float> { IsEmpty: false } list)
            {
                if (list.Length != 1 && list.Length != scope.Type(0)!.Shape.Dimensions[^1])
                {
                    return false;
                }

                x = scope.Add(operation, [x, scope.Constant(attribute, Tensor.Vector([.. list]))]);
            }
        }

        scope.Result("Identity", [x]);
        return true;
    }

    // A row of zeros stays as it is.
    private static bool Normalised(ExpansionScope scope)
    {
        if (Floats(scope) is not { } x || scope.Type(0)!.Shape.Rank < 1)
        {
            return false;
        }

        string? reduction = scope.Attributes.Find("norm") switch { null or "MAX" => "ReduceMax", "L1" => "ReduceL1", "L2" => "ReduceL2", _ => null };
        if (reduction is null)
        {
            return false;
        }

        string norm = scope.Reduce(reduction, x, scope.Type(0)!.Shape.Rank - 1);
        string none = scope.Add("Equal", [norm, scope.Number("zero", 0, DataType.Float32)]);
        scope.Result("Div", [x, scope.Add("Where", [none, scope.Number("one", 1, DataType.Float32), norm])]);
        return true;
    }

    private static bool Binary(ExpansionScope scope)
    {
        if (scope.Type(0) is not { } x || !Numbers.IsFloat(x.Element))
        {
            return false;
        }

        string above = scope.Add("Greater", [scope.Node.Inputs[0], scope.Number("threshold", scope.Attributes.Float("threshold", 0), x.Element)]);
        scope.Result("Cast", [above], ("to", (long)x.Element));
        return true;
    }

    private static bool Imputed(ExpansionScope scope)
    {
        if (scope.Type(0) is not { Shape.Rank: > 0 } x)
        {
            return false;
        }

        bool floats = Numbers.IsFloat(x.Element);
        double[]? values = floats
            ? scope.Attributes.Find("imputed_value_floats") is ImmutableArray<float> list ? [.. list.Select(static v => (double)v)] : null
            : x.Element == DataType.Int64 && scope.Attributes.Find("imputed_value_int64s") is ImmutableArray<long> whole
            ? [.. whole.Select(static v => (double)v)] : null;
        if (values is null || (values.Length != 1 && values.Length != x.Shape.Dimensions[^1]))
        {
            return false;
        }

        double replaced = floats ? scope.Attributes.Float("replaced_value_float", 0) : scope.Attributes.Int("replaced_value_int64", 0);
        string missing = double.IsNaN(replaced)
            ? scope.Add("IsNaN", [scope.Node.Inputs[0]])
            : scope.Add("Equal", [scope.Node.Inputs[0], scope.Number("missing", replaced, x.Element)]);
        string value = scope.Constant("value", Numbers.FromDoubles(values, x.Element, Shape.Of(values.Length)));
        scope.Result("Where", [missing, value, scope.Node.Inputs[0]]);
        return true;
    }

    private static bool Extracted(ExpansionScope scope)
    {
        if (scope.Type(0) is not { Shape.Rank: > 0 } x || scope.Type(1) is not { Element: DataType.Int64 } indices)
        {
            return false;
        }

        string list = scope.Reshape(scope.Node.Inputs[1], indices.Shape.Count);
        string taken = scope.Add("Gather", [scope.Node.Inputs[0], list], ("axis", (long)(x.Shape.Rank - 1)));
        scope.Result("Identity", [x.Shape.Rank == 1 ? scope.Unsqueeze(taken, 0) : taken]);
        return true;
    }

    private static bool Vectorised(ExpansionScope scope)
    {
        string?[] parts = [.. Enumerable.Range(0, scope.Node.Inputs.Length).Select(i => scope.Type(i) is { Shape.Rank: 2 } ? Floats(scope, i) : null)];
        if (parts.Length == 0 || parts.Contains(null))
        {
            return false;
        }

        scope.Result("Concat", [.. parts.Select(static part => part!)], ("axis", 1L));
        return true;
    }

    // A category that is not listed has zeros everywhere; where that is an error the values would have to be looked at first.
    private static bool OneHot(ExpansionScope scope)
    {
        if (scope.Type(0) is not { Element: not DataType.String } x || scope.Attributes.Find("cats_int64s") is not ImmutableArray<long> { IsEmpty: false } list
            || scope.Attributes.Int("zeros", 1) == 0)
        {
            return false;
        }

        string whole = scope.Cast(scope.Node.Inputs[0], x.Element, DataType.Int64);
        string equal = scope.Add("Equal", [scope.Unsqueeze(whole, x.Shape.Rank), scope.Integers("categories", [.. list])]);
        scope.Result("Cast", [equal], ("to", (long)DataType.Float32));
        return true;
    }

    // A list of maps from class to probability is a table with a column for each class.
    private static bool Unmapped(ExpansionScope scope)
    {
        string classes = scope.Attributes.Find("classlabels_int64s") is ImmutableArray<long> whole ? string.Join(", ", whole.Take(MaxNamed))
            : scope.Attributes.Find("classlabels_strings") is ImmutableArray<string> texts ? string.Join(", ", texts.Take(MaxNamed))
            : "the classes in their order";
        scope.Warnings.Add(
            $"The output '{scope.Node.Outputs[0]}' is not a list of maps from class to value but the table that they are made of; its columns are {classes}.");
        scope.Result("Identity", [scope.Node.Inputs[0]]);
        return true;
    }
}
