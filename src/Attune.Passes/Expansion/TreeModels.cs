using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Reference;
using Attune.Reference.Operators;

namespace Attune.Passes.Expansion;

/// <summary>Decision trees of ai.onnx.ml: sums over trees by one operator, what is made of the sums by operators on tensors.</summary>
internal static class TreeModels
{
    // Attributes of a classifier under the names that the sums have.
    private static readonly (string Class, string Target)[] Renamed =
    [
        ("class_treeids", "target_treeids"), ("class_nodeids", "target_nodeids"), ("class_ids", "target_ids"), ("class_weights", "target_weights"),
        ("class_weights_as_tensor", "target_weights_as_tensor"),
    ];

    /// <summary>Expansions by operator.</summary>
    public static IEnumerable<KeyValuePair<string, Func<ExpansionScope, bool>>> All =>
    [
        new(TreeKernels.Operator, Regressed),
        new(LearningOperators.Domain + "TreeEnsembleClassifier", Classified),
    ];

    private static string Transform(ExpansionScope scope) => scope.Attributes.Find("post_transform") as string ?? "NONE";

    private static string Sums(ExpansionScope scope, Attributes attributes)
    {
        string result = scope.Value("sums");
        scope.Put(scope.Node with { Name = result, Operator = TreeKernels.Operator, Outputs = [result], Attributes = attributes });
        return result;
    }

    private static bool Regressed(ExpansionScope scope)
    {
        string? operation = Transform(scope) switch { "LOGISTIC" => "Sigmoid", "SOFTMAX" => "Softmax", _ => null };
        if (operation is null)
        {
            return false;
        }

        scope.Result(operation, [Sums(scope, scope.Attributes.Without("post_transform"))]);
        return true;
    }

    private static bool Classified(ExpansionScope scope)
    {
        Tensor? labels = scope.Attributes.Find("classlabels_int64s") is ImmutableArray<long> { IsEmpty: false } whole ? Tensor.Vector([.. whole])
            : scope.Attributes.Find("classlabels_strings") is ImmutableArray<string> { IsEmpty: false } texts ? Tensor.Vector([.. texts])
            : null;
        if (labels is null || scope.Attributes.Find("class_ids") is not ImmutableArray<long> { IsEmpty: false } classes)
        {
            return false;
        }

        Attributes attributes = scope.Attributes.Without("post_transform").Without("classlabels_int64s").Without("classlabels_strings");
        foreach ((string name, string target) in Renamed)
        {
            if (attributes.Find(name) is { } value)
            {
                attributes = attributes.Without(name).With(target, value);
            }
        }

        return labels.Count == 2 && classes.Distinct().Count() == 1
            ? OfOneSum(scope, attributes.With("n_targets", 1L).With("target_ids", new long[classes.Length]), labels)
            : OfSums(scope, attributes.With("n_targets", (long)labels.Count), labels);
    }

    private static bool OfSums(ExpansionScope scope, Attributes attributes, Tensor labels)
    {
        string? operation = Transform(scope) switch { "NONE" => "Identity", "LOGISTIC" => "Sigmoid", "SOFTMAX" => "Softmax", _ => null };
        if (operation is null)
        {
            return false;
        }

        string sums = Sums(scope, attributes);
        Labelled(scope, labels, scope.Add("ArgMax", [sums], ("axis", 1L), ("keepdims", 0L)));
        Scored(scope, operation, sums);
        return true;
    }

    // Leaves that speak for one of two classes only: shares of it when none is negative, else sums whose sign decides.
    private static bool OfOneSum(ExpansionScope scope, Attributes attributes, Tensor labels)
    {
        if (Weights(attributes) is not { } weights || (attributes.Find("base_values") is ImmutableArray<float> { Length: > 1 }))
        {
            return false;
        }

        bool shares = Array.TrueForAll(weights, static weight => weight >= 0);
        string transform = Transform(scope);
        if (transform is not ("NONE" or "LOGISTIC") || (shares && transform != "NONE"))
        {
            return false;
        }

        string sums = Sums(scope, attributes);
        string second = scope.Add("Greater", [sums, scope.Number("boundary", shares ? 0.5 : 0, DataType.Float32)]);
        Labelled(scope, labels, scope.Squeeze(scope.Add("Cast", [second], ("to", (long)DataType.Int64)), 1));
        string first = shares ? scope.Add("Sub", [scope.Number("one", 1, DataType.Float32), sums]) : scope.Add("Neg", [sums]);
        Scored(scope, transform == "LOGISTIC" ? "Sigmoid" : "Identity", scope.Add("Concat", [first, sums], ("axis", 1L)));
        return true;
    }

    private static double[]? Weights(Attributes attributes) =>
        attributes.Find("target_weights") is ImmutableArray<float> list ? [.. list.Select(static weight => (double)weight)]
        : attributes.Tensor("target_weights_as_tensor") is { Element: DataType.Float32 or DataType.Float64 } tensor ? Numbers.ToDoubles(tensor)
        : null;

    private static void Labelled(ExpansionScope scope, Tensor labels, string which) => scope.Result("Gather", [scope.Constant("labels", labels), which]);

    private static void Scored(ExpansionScope scope, string operation, string scores)
    {
        if (scope.Wants(1))
        {
            scope.Write(operation, [scores], [scope.Node.Outputs[1]]);
        }
    }
}
