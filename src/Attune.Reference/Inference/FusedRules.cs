using Attune.Kernels;

namespace Attune.Reference.Inference;

/// <summary>The operators that fusion makes. A file may hold them too, so what fusion guarantees is checked here.</summary>
internal static class FusedRules
{
    private static readonly string[] Explicit = ["kernel_shape", "strides", "dilations", "pads"];

    // Fusion writes every parameter out: a default that two readers could take differently would be a wrong result.
    private static readonly Dictionary<string, string[]> Parameters = new()
    {
        ["none"] = [],
        ["relu"] = [],
        ["clip"] = ["alpha", "beta"],
        ["leaky_relu"] = ["alpha"],
        ["sigmoid"] = [],
        ["silu"] = [],
        ["hard_swish"] = [],
        ["hard_sigmoid"] = ["alpha", "beta"],
        ["gelu"] = [],
        ["gelu_tanh"] = [],
        ["tanh"] = [],
    };

    /// <summary>Every rule of the family.</summary>
    public static IEnumerable<KeyValuePair<string, InferenceRule>> All =>
    [
        new(FusedOperators.Convolution, Convolution),
        new(FusedOperators.Dense, Dense),
        new(FusedOperators.Attention, Attention),
        new(FusedOperators.Dynamic, static _ => null),
    ];

    private static TensorType[] Convolution(InferenceContext context)
    {
        context.Require(
            Array.TrueForAll(Explicit, context.Attributes.Has) && !context.Attributes.Has("auto_pad"),
            $"A fused convolution states {string.Join(", ", Explicit)} and no auto_pad.");
        return Finish(context, ConvolutionRules.Convolution(context, 0, 1, 2, context.Element(0), CheckWeights(context, context.Extents(1, 3)[0])));
    }

    private static TensorType[] Dense(InferenceContext context)
    {
        long[] x = context.Extents(0, 2);
        long[] w = context.Extents(1);
        context.Require(w.Length == 2, $"The weights must be a matrix, not {context.Shape(1)}.");
        (long k, long n) = context.Attributes.Int("transB", 0) != 0 ? (w[1], w[0]) : (w[0], w[1]);
        CheckWeights(context, n);
        context.Require(x[^1] == k, $"{context.Shape(0)} times {context.Shape(1)}: the inner extents {x[^1]} and {k} differ.");
        context.Require(!context.Has(2) || context.In(2).Equals(new TensorType(context.Element(0), Shape.Of(n))), $"The bias must have shape {n}.");
        x[^1] = n;
        return Finish(context, context.Result(context.Element(0), x));
    }

    /// <summary>
    /// True for weights that are stored narrowly: halves or bytes with one scale for each of so many output channels. Others are of the input's type.
    /// </summary>
    private static bool CheckWeights(InferenceContext context, long channels)
    {
        bool scaled = context.Has(FusedOperators.Scales);
        bool holds = scaled
            ? context.Element(0) == DataType.Float32 && context.Element(1) is DataType.Float16 or DataType.Int8
                && context.In(FusedOperators.Scales).Equals(new TensorType(DataType.Float32, Shape.Of(channels)))
            : context.Element(0) == context.Element(1);
        context.Require(holds, scaled
            ? $"Weights of {context.Element(1)} with scales of {context.In(FusedOperators.Scales)} do not fit {channels} output channels and an input of "
                + $"{context.Element(0)}."
            : $"Input and weights have different element types, {context.Element(0)} and {context.Element(1)}.");
        return scaled;
    }

    private static TensorType[] Attention(InferenceContext context)
    {
        long[] q = context.Extents(0, 3);
        long[] k = context.Extents(1, 3);
        long[] v = context.Extents(2, 3);
        long heads = context.Attributes.Int("heads", 0);
        long size = context.Attributes.Int("size", 0);
        long valueSize = context.Attributes.Int("value_size", 0);
        context.Require(heads > 0 && size > 0 && valueSize > 0, "Attention states heads, size and value_size, all positive.");
        context.Require(
            q.Length == 3 && k.Length == 3 && v.Length == 3 && k[0] == q[0] && v[0] == q[0] && v[1] == k[1],
            $"{context.Shape(0)}, {context.Shape(1)} and {context.Shape(2)} are no queries, keys and values.");
        context.Require(
            context.Attributes.Ints("offsets") is { Length: 3 } offsets && Fits(offsets[0], heads, size, q[2]) && Fits(offsets[1], heads, size, k[2]) && Fits(
                offsets[2], heads, valueSize, v[2]), "The heads lie outside the rows.");
        context.Require(
            context.Element(0) == context.Element(1) && context.Element(0) == context.Element(2), "Queries, keys and values must have one element type.");
        if (context.Has(3))
        {
            long[] scores = [q[0], heads, q[1], k[1]];
            long[] mask = context.Extents(3);
            bool broadcasts = mask.Length <= 4 && context.Element(3) == context.Element(0);
            for (int i = 1; broadcasts && i <= mask.Length; i++)
            {
                broadcasts = mask[^i] == 1 || mask[^i] == scores[^i];
            }

            context.Require(broadcasts, $"A mask of {context.Shape(3)} does not broadcast to {string.Join('x', scores)}.");
        }

        return context.Result(context.Element(0), q[0], q[1], heads * valueSize);
    }

    private static bool Fits(long offset, long heads, long size, long columns) =>
        offset >= 0 && offset <= columns && heads <= columns && size <= columns && heads * size <= columns - offset;

    private static TensorType[] Finish(InferenceContext context, TensorType[] result)
    {
        string activation = context.Attributes.Text(FusedOperators.Activation, "none");
        context.Require(Parameters.TryGetValue(activation, out string[]? parameters), $"The activation '{activation}' is not known.");
        context.Require(Array.TrueForAll(parameters!, context.Attributes.Has), $"The activation '{activation}' states {string.Join(" and ", parameters!)}.");
        context.Require(!context.Has(3) || context.In(3).Equals(result[0]), "The residual's type differs from the result's.");
        return result;
    }
}
