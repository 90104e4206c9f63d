using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Passes.Expansion;

/// <summary>Linear models and tables of labels of ai.onnx.ml, written in operators on tensors.</summary>
internal static class LearnedModels
{
    /// <summary>Expansions by operator.</summary>
    public static IEnumerable<KeyValuePair<string, Func<ExpansionScope, bool>>> All =>
    [
        new(LearningOperators.Domain + "LinearRegressor", Regressed),
        new(LearningOperators.Domain + "LinearClassifier", Classified),
        new(LearningOperators.Domain + "LabelEncoder", Encoded),
    ];

    private static bool Regressed(ExpansionScope scope)
    {
        if (Products(scope, (int)Math.Clamp(scope.Attributes.Int("targets", 1), 0, int.MaxValue)) is not { } sums || Transformed(scope, sums) is not { } result)
        {
            return false;
        }

        scope.Result("Identity", [result]);
        return true;
    }

    private static bool Classified(ExpansionScope scope)
    {
        Tensor? labels = scope.Attributes.Find("classlabels_ints") is ImmutableArray<long> { IsEmpty: false } whole ? Tensor.Vector([.. whole])
            : scope.Attributes.Find("classlabels_strings") is ImmutableArray<string> { IsEmpty: false } texts ? Tensor.Vector([.. texts])
            : null;
        if (labels is null)
        {
            return false;
        }

        bool single = labels.Count == 2 && scope.Attributes.Floats("intercepts") is { Length: 1 };
        string transform = Transform(scope);
        if ((single && transform != "LOGISTIC") || Products(scope, single ? 1 : labels.Count) is not { } sums)
        {
            return false;
        }

        // One sum for two classes speaks for the second and, turned round, for the first.
        string scores = single ? scope.Add("Concat", [scope.Add("Neg", [sums]), sums], ("axis", 1L)) : sums;
        if (Transformed(scope, scores) is not { } shares)
        {
            return false;
        }

        string best = scope.Add("ArgMax", [scores], ("axis", 1L), ("keepdims", 0L));
        scope.Result("Gather", [scope.Constant("labels", labels), best]);
        if (scope.Wants(1))
        {
            scope.Write("Identity", [shares], [scope.Node.Outputs[1]]);
        }

        return true;
    }

    /// <summary>A matrix of so many sums for each row; null when the coefficients do not fit.</summary>
    private static string? Products(ExpansionScope scope, int sums)
    {
        if (LearningOperators.Floats(scope) is not { } x || scope.Attributes.Find("coefficients") is not ImmutableArray<float> list || sums < 1
            || scope.Type(0)!.Shape is not { Rank: 1 or 2 } shape || list.Length != sums * shape.Dimensions[^1])
        {
            return null;
        }

        if (shape.Rank == 1)
        {
            x = scope.Unsqueeze(x, 0);
        }

        string weights = scope.Constant("coefficients", Scalars.List(list, DataType.Float32, sums, shape.Dimensions[^1]));
        if (scope.Attributes.Find("intercepts") is not ImmutableArray<float> { IsEmpty: false } bias)
        {
            return scope.Add("Gemm", [x, weights], ("transB", 1L));
        }

        return bias.Length == sums ? scope.Add("Gemm", [x, weights, scope.Constant("intercepts", Tensor.Vector([.. bias]))], ("transB", 1L)) : null;
    }

    private static string Transform(ExpansionScope scope) => scope.Attributes.Find("post_transform") as string ?? "NONE";

    private static string? Transformed(ExpansionScope scope, string scores) => Transform(scope) switch
    {
        "NONE" => scores,
        "LOGISTIC" => scope.Add("Sigmoid", [scores]),
        "SOFTMAX" => scope.Add("Softmax", [scores], ("axis", -1L)),
        _ => null,
    };

    // Every element is compared with every key; there are few.
    private static bool Encoded(ExpansionScope scope)
    {
        const long maxKeys = 4096;
        if (scope.Type(0) is not { } x || List(scope, "keys") is not { } keys || List(scope, "values") is not { } values || keys.Count != values.Count
            || keys.Element != x.Element || keys.Count is 0 or > (int)maxKeys)
        {
            return false;
        }

        string key = scope.Constant("keys", keys);
        string element = scope.Unsqueeze(scope.Node.Inputs[0], x.Shape.Rank);
        string equal = scope.Add("Equal", [element, key]);
        if (x.Element == DataType.Float32 && Array.Exists(keys.Elements<float>(), float.IsNaN))
        {
            // A key that is no number stands for all elements that are none.
            string none = scope.Add("And", [scope.Add("IsNaN", [element]), scope.Add("IsNaN", [key])]);
            equal = scope.Add("Or", [equal, none]);
        }

        string matches = scope.Add("Cast", [equal], ("to", (long)DataType.Int32));
        string which = scope.Add("ArgMax", [matches], ("axis", -1L), ("keepdims", 0L));
        string any = scope.Add("Cast", [scope.Squeeze(scope.Reduce("ReduceMax", matches, x.Shape.Rank), x.Shape.Rank)], ("to", (long)DataType.Bool));
        string found = scope.Add("Gather", [scope.Constant("values", values), which]);
        scope.Result("Where", [any, found, scope.Constant("default", Default(scope, values.Element))]);
        return true;
    }

    private static Tensor? List(ExpansionScope scope, string name) =>
        scope.Attributes.Find($"{name}_int64s") is ImmutableArray<long> whole ? Tensor.Vector([.. whole])
        : scope.Attributes.Find($"{name}_floats") is ImmutableArray<float> floats ? Tensor.Vector([.. floats])
        : scope.Attributes.Find($"{name}_strings") is ImmutableArray<string> texts ? Tensor.Vector([.. texts])
        : scope.Attributes.Tensor($"{name}_tensor");

    private static Tensor Default(ExpansionScope scope, DataType element) => scope.Attributes.Tensor("default_tensor") is { Count: 1 } given
        ? given.Reshape(Shape.Scalar)
        : element switch
        {
            DataType.Int64 => Tensor.Scalar(scope.Attributes.Int("default_int64", -1)),
            DataType.String => Tensor.Scalar(scope.Attributes.Text("default_string", "_Unused")),
            DataType.Float32 => Tensor.Scalar(scope.Attributes.Float("default_float", -0f)),
            _ => Tensor.Zeros(element, Shape.Scalar),
        };
}
