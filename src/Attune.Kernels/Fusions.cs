using System.Collections.Immutable;

namespace Attune.Kernels;

/// <summary>Every fusion that can be switched off, by name: so that its gain can be measured, and a suspicion tested.</summary>
public static class Fusions
{
    /// <summary>Activations in the store.</summary>
    public const string Activation = "activation";

    /// <summary>Residuals in the store.</summary>
    public const string Residual = "residual";

    /// <summary>Concatenations written in place by their producers.</summary>
    public const string Concat = "concat";

    /// <summary>A depthwise convolution and the pointwise one after it in one step.</summary>
    public const string DepthwisePointwise = "depthwise-pointwise";

    /// <summary>Softmax as a step of the plan.</summary>
    public const string Softmax = "softmax";

    /// <summary>Quantised activations that stay bytes between operators.</summary>
    public const string Bytes = "bytes";

    /// <summary>The table.</summary>
    public static ImmutableArray<Fusion> All { get; } =
    [
        new(
            Activation,
            "An activation is applied to the sums of the convolution or matrix product before it, while they are in registers.",
            "activation fusion"),
        new(Residual, "The addition of a residual happens in the store of the convolution or matrix product before it.", "residual fusion"),
        new("batch-norm", "Batch normalisation becomes a factor and a summand per channel, which are folded into the weights before it.", "batch-norm folding"),
        new("affine", "Factors and summands per channel are multiplied into the weights and bias of the convolution before them.", "affine folding"),
        new(
            "affine-forward",
            "Factors and summands per channel that no convolution before them can take are multiplied into the weights and bias of the convolution after them.",
            "forward affine folding"),
        new("padding", "A Pad before a convolution or pool becomes that operator's own padding.", "padding folding"),
        new("layer-norm", "A layer normalisation that is spelt out in several operators becomes one.", "layer norm fusion"),
        new("attention", "Scaled products, softmax and the surrounding permutations of an attention become one operator.", "attention fusion"),
        new("projections", "Matrix products of one input, such as query, key and value projections, become one product.", "projection merging"),
        new(
            "recurrent",
            "The products of the inputs of a recurrent layer become one product over all steps; what is left has a kernel of its own.",
            "recurrent splitting"),
        new(Concat, "The producers of a concatenation write their parts of it in place, so that nothing is copied.", null),
        new(
            DepthwisePointwise,
            "A depthwise convolution and the pointwise one after it may run as one step without a barrier; taken where measured faster.",
            null),
        new(Softmax, "Softmax runs as a step on the model's own memory instead of a call of the reference kernel on copies.", null),
        new(Bytes, "Quantised layers read and write bytes and add integers; QuantizeLinear and DequantizeLinear happen in their loads and stores.", null),
    ];

    /// <summary>The fusion of that name, or null.</summary>
    public static Fusion? Find(string name) => All.FirstOrDefault(fusion => string.Equals(fusion.Name, name, StringComparison.Ordinal));
}
