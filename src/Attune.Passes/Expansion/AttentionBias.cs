using Attune.Kernels;
using Attune.Reference;

namespace Attune.Passes.Expansion;

/// <summary>
/// What ONNX Runtime's operators of attention add to the scores: a large negative number where a mask forbids a key, the lowest number where a key is behind
/// its query, and a bias that is given. All is one summand, so that the attention is recognised as a whole.
/// </summary>
/// <param name="Element">Element type of the scores.</param>
/// <param name="Batch">Images, sentences.</param>
/// <param name="Queries">Queries.</param>
/// <param name="Keys">Keys, those of earlier calls included.</param>
internal sealed record AttentionBias(DataType Element, long Batch, long Queries, long Keys)
{
    // What is known beforehand is written out; a larger one is not for this path.
    private const long MaxWritten = 1 << 26;
    private const float Filter = -10000;
    private const double LowestHalf = -65504;
    private const double LowestBrain = -3.3895313892515355e38;

    /// <summary>Writes the summand; an empty name when there is none, null when a form is not supported.</summary>
    /// <param name="scope">Where to write.</param>
    /// <param name="mask">The input that is a mask: a length for each of the batch, or 0 and 1 for keys or for pairs of query and key.</param>
    /// <param name="added">The input that is added as it is.</param>
    public string? Write(ExpansionScope scope, int mask, int added)
    {
        if (Queries * Keys > MaxWritten
            || (scope.Has(added) && (scope.Type(added) is not { Shape.Rank: 4 } type || type.Element != Element || type.Shape.Dimensions[3] != Keys)))
        {
            return null;
        }

        string bias = string.Empty;
        if (scope.Has(mask))
        {
            if (Allowed(scope, mask) is not { } allowed)
            {
                return null;
            }

            string filter = scope.Number("filter", scope.Attributes.Float("mask_filter_value", Filter), Element);
            bias = scope.Add("Where", [allowed, scope.Number("allowed", 0, Element), filter]);
        }

        if (scope.Attributes.Int("unidirectional", 0) != 0 && Queries > 1)
        {
            bias = bias.Length == 0
                ? scope.Constant("causal", Causal(Lowest))
                : scope.Add("Where", [scope.Constant("before", Before()), bias, scope.Number("lowest", Lowest, Element)]);
        }

        return !scope.Has(added) ? bias : bias.Length == 0 ? scope.Node.Inputs[added] : scope.Add("Add", [scope.Node.Inputs[added], bias]);
    }

    private double Lowest => Element switch
    {
        DataType.Float16 => LowestHalf,
        DataType.BFloat16 => LowestBrain,
        DataType.Float32 => float.MinValue,
        _ => double.MinValue,
    };

    private string? Allowed(ExpansionScope scope, int mask)
    {
        if (scope.Type(mask) is not { Element: DataType.Int32 or DataType.Int64, Shape: var shape } type)
        {
            return null;
        }

        bool ofKeys = shape.Equals(Shape.Of(Batch, Keys));
        if (ofKeys || shape.Equals(Shape.Of(Batch, Queries, Keys)))
        {
            string positive = scope.Add("Greater", [scope.Node.Inputs[mask], scope.Number("zero", 0, type.Element)]);
            return scope.Reshape(positive, Batch, 1, ofKeys ? 1 : Queries, Keys);
        }

        if (shape.Rank != 1 || (shape.Count != Batch && shape.Count != 2 * Batch))
        {
            return null;
        }

        // Ends, and where there are more, starts.
        string numbers = scope.Cast(scope.Node.Inputs[mask], type.Element, DataType.Int64);
        string position = scope.Constant("position", Tensor.Of(Shape.Of(1, 1, 1, Keys), Numbered(Keys)));
        if (shape.Count == Batch)
        {
            return scope.Add("Less", [position, scope.Reshape(numbers, Batch, 1, 1, 1)]);
        }

        string end = scope.Reshape(scope.Slice(numbers, [0], [Batch], [0]), Batch, 1, 1, 1);
        string start = scope.Reshape(scope.Slice(numbers, [Batch], [2 * Batch], [0]), Batch, 1, 1, 1);
        return scope.Add("And", [scope.Add("Less", [position, end]), scope.Add("Not", [scope.Add("Less", [position, start])])]);
    }

    private static long[] Numbered(long count) => [.. Enumerable.Range(0, (int)count).Select(static i => (long)i)];

    private Tensor Before()
    {
        bool[] before = new bool[Queries * Keys];
        for (int i = 0; i < before.Length; i++)
        {
            before[i] = IsBefore(i);
        }

        return Tensor.Of(Shape.Of(Queries, Keys), before);
    }

    private Tensor Causal(double forbidden)
    {
        double[] bias = new double[Queries * Keys];
        for (int i = 0; i < bias.Length; i++)
        {
            bias[i] = IsBefore(i) ? 0 : forbidden;
        }

        return Numbers.FromDoubles(bias, Element, Shape.Of(Queries, Keys));
    }

    // The last query is beside the last key.
    private bool IsBefore(int pair) => pair % Keys <= (pair / Keys) + Keys - Queries;
}
