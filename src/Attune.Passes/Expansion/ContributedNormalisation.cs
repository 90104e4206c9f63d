using Attune.Kernels;
using Attune.Reference;

namespace Attune.Passes.Expansion;

/// <summary>
/// Normalisations that ONNX Runtime's optimiser merges with what is before them: the sum with a skipped value and a bias, or the sum of embeddings. Their
/// statistics as further results are not supported; the sum is.
/// </summary>
internal static class ContributedNormalisation
{
    private const int LayerNormalisationSince = 17;
    private const float SmallEpsilon = 1e-12f;
    private const string Layer = "LayerNormalization";
    private const string Simplified = "SimplifiedLayerNormalization";
    private const string RootMeanSquare = "RMSNormalization";

    /// <summary>Expansions by operator.</summary>
    public static IEnumerable<KeyValuePair<string, Func<ExpansionScope, bool>>> All =>
    [
        new(Layer, Early),
        new(Simplified, WithoutMean),
        new(ContributedOperators.Domain + Simplified, WithoutMean),
        new(ContributedOperators.Domain + "SkipLayerNormalization", static scope => Skipped(scope, bias: 4)),
        new(ContributedOperators.Domain + "SkipSimplifiedLayerNormalization", static scope => Skipped(scope, bias: 3)),
        new(ContributedOperators.Domain + "EmbedLayerNormalization", Embedded),
    ];

    // ONNX Runtime knew it in the default domain before ONNX did.
    private static bool Early(ExpansionScope scope)
    {
        if (scope.Node.Opset >= LayerNormalisationSince)
        {
            return false;
        }

        scope.Write(LayerNormalisationSince, Layer, [.. scope.Node.Inputs], [.. scope.Node.Outputs], scope.Attributes);
        return true;
    }

    private static bool WithoutMean(ExpansionScope scope)
    {
        if (scope.Type(0) is not { Shape.Rank: > 0 } x || scope.Type(1) is not { } scale || !Numbers.IsFloat(x.Element) || !Numbers.IsFloat(scale.Element)
            || scope.Node.Inputs.Length != 2 || scope.Wants(1))
        {
            return false;
        }

        scope.Write(0, RootMeanSquare, [.. scope.Node.Inputs], [scope.Node.Outputs[0]], scope.Attributes);
        return true;
    }

    // Inputs: x, what is added to it, scale, summand (not without means), bias (optional). Results: the normal form, two statistics, the sum.
    private static bool Skipped(ExpansionScope scope, int bias)
    {
        const int sum = 3;
        if (scope.Type(0) is not { Shape.Rank: > 0 } x || scope.Type(1) is not { } skip || skip.Shape.Rank > x.Shape.Rank || scope.Type(2) is null
            || !Numbers.IsFloat(x.Element) || scope.Wants(1) || scope.Wants(2))
        {
            return false;
        }

        string total = scope.Wants(sum) ? scope.Node.Outputs[sum] : scope.Value("sum");
        string both = scope.Node.Inputs[0];
        if (scope.Has(bias))
        {
            both = scope.Add("Add", [both, scope.Node.Inputs[1]]);
        }

        scope.Write("Add", [both, scope.Node.Inputs[scope.Has(bias) ? bias : 1]], [total]);
        Normalise(scope, total, scale: 2, summand: bias == 3 ? null : 3);
        return true;
    }

    private static void Normalise(ExpansionScope scope, string value, int scale, int? summand)
    {
        Attributes attributes = Attributes.None.With("axis", -1L).With("epsilon", scope.Attributes.Float("epsilon", SmallEpsilon));
        string[] inputs = summand is { } given && scope.Has(given)
            ? [value, scope.Node.Inputs[scale], scope.Node.Inputs[given]]
            : [value, scope.Node.Inputs[scale]];
        (int since, string operation) = summand is null ? (0, RootMeanSquare) : (LayerNormalisationSince, Layer);
        scope.Write(since, operation, inputs, [scope.Node.Outputs[0]], attributes);
    }

    // Inputs: words, segments, the tables of words, positions and segments, scale, summand, mask, positions.
    private static bool Embedded(ExpansionScope scope)
    {
        const int mask = 7;
        const int positions = 8;
        if (scope.Type(0) is not { Shape.Rank: 2 } words || scope.Type(2) is not { Shape.Rank: 2 } table || !Numbers.IsFloat(table.Element)
            || scope.Type(3) is not { Shape.Rank: 2 } places || scope.Has(1) != scope.Has(4) || !scope.Has(5) || !scope.Has(6))
        {
            return false;
        }

        long batch = words.Shape.Dimensions[0];
        long length = words.Shape.Dimensions[1];
        if (scope.Has(positions) ? scope.Type(positions) is not { Shape.Rank: 2 } : places.Shape.Dimensions[0] < length)
        {
            return false;
        }

        string word = Row(scope, 2, scope.Node.Inputs[0]);
        string place = scope.Has(positions) ? Row(scope, 3, scope.Node.Inputs[positions]) : scope.Slice(scope.Node.Inputs[3], [0], [length], [0]);
        string total = scope.Wants(2) ? scope.Node.Outputs[2] : scope.Value("sum");
        if (scope.Has(1))
        {
            scope.Write("Add", [scope.Add("Add", [word, place]), Row(scope, 4, scope.Node.Inputs[1])], [total]);
        }
        else
        {
            scope.Write("Add", [word, place], [total]);
        }

        if (scope.Wants(1))
        {
            // How many positions of a row are not padding.
            scope.Write("Identity", [scope.Has(mask) ? Counted(scope, mask) : Zeros(scope, batch)], [scope.Node.Outputs[1]]);
        }

        Normalise(scope, total, scale: 5, summand: 6);
        return true;
    }

    private static string Row(ExpansionScope scope, int table, string rows) => scope.Add("Gather", [scope.Node.Inputs[table], rows], ("axis", 0L));

    private static string Zeros(ExpansionScope scope, long count) => scope.Constant("none", Tensor.Vector(new int[count]));

    private static string Counted(ExpansionScope scope, int mask)
    {
        string present = scope.Add("Equal", [scope.Node.Inputs[mask], scope.Number("present", 1, DataType.Int32)]);
        string ones = scope.Cast(present, DataType.Bool, DataType.Int32);
        return scope.Squeeze(scope.Reduce("ReduceSum", ones, 1), 1);
    }
}
