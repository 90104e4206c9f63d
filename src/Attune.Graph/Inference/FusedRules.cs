using Attune.Kernels;

namespace Attune.Graph;

/// <summary>The operators that fusion makes. A file may hold them too, so what fusion guarantees is checked here.</summary>
internal static class FusedRules
{
    private static readonly string[] Explicit = ["kernel_shape", "strides", "dilations", "pads"];

    private static readonly HashSet<string> Activations =
    [
        "none", "relu", "clip", "leaky_relu", "sigmoid", "silu", "hard_swish", "hard_sigmoid", "gelu", "gelu_tanh", "tanh",
    ];

    /// <summary>Every rule of the family.</summary>
    public static IEnumerable<KeyValuePair<string, InferenceRule>> All =>
    [
        new(FusedOperators.Convolution, Convolution),
        new(FusedOperators.Dense, Dense),
    ];

    private static TensorType[] Convolution(InferenceContext context)
    {
        context.Require(
            Array.TrueForAll(Explicit, context.Attributes.Has) && !context.Attributes.Has("auto_pad"),
            $"A fused convolution states {string.Join(", ", Explicit)} and no auto_pad.");
        return Finish(context, ConvolutionRules.Convolution(context, 0, 1, 2, context.Element(0)));
    }

    private static TensorType[] Dense(InferenceContext context)
    {
        long[] x = context.Extents(0, 2);
        long[] w = context.Extents(1);
        context.Require(w.Length == 2 && context.Element(0) == context.Element(1), "The weights must be a matrix of the input's element type.");
        (long k, long n) = context.Attributes.Int("transB", 0) != 0 ? (w[1], w[0]) : (w[0], w[1]);
        context.Require(x[^1] == k, $"{context.Shape(0)} times {context.Shape(1)}: the inner extents {x[^1]} and {k} differ.");
        context.Require(!context.Has(2) || context.In(2).Equals(new TensorType(context.Element(0), Shape.Of(n))), $"The bias must have shape {n}.");
        x[^1] = n;
        return Finish(context, context.Result(context.Element(0), x));
    }

    private static TensorType[] Finish(InferenceContext context, TensorType[] result)
    {
        string activation = context.Attributes.Text(FusedOperators.Activation, "none");
        context.Require(Activations.Contains(activation), $"The activation '{activation}' is not known.");
        context.Require(!context.Has(3) || context.In(3).Equals(result[0]), "The residual's type differs from the result's.");
        return result;
    }
}
