using Attune.Kernels;

namespace Attune.Reference.Inference;

/// <summary>Convolutions of all kinds: batch, channels, then any number of spatial axes.</summary>
internal static class ConvolutionRules
{
    /// <summary>Every rule of the family.</summary>
    public static IEnumerable<KeyValuePair<string, InferenceRule>> All =>
    [
        new("Conv", context => Convolution(context, 0, 1, 2, context.Element(0))),
        new("ConvInteger", context => Convolution(context, 0, 1, int.MaxValue, DataType.Int32)),
        new("QLinearConv", context => Convolution(context, 0, 3, 8, context.Element(7))),
        new("ConvTranspose", Transposed),
    ];

    /// <summary>A convolution whose input, weights and bias are at the given positions; narrow weights are of another element type than the input.</summary>
    public static TensorType[] Convolution(InferenceContext context, int input, int weights, int bias, DataType result, bool narrow = false)
    {
        long[] x = context.Extents(input, 3);
        long[] w = context.Extents(weights);
        long group = context.Attributes.Int("group", 1);
        context.Require(w.Length == x.Length, $"The weights of shape {context.Shape(weights)} do not fit the input of shape {context.Shape(input)}.");
        context.Require(
            bias != 2 || narrow || context.Element(input) == context.Element(weights),
            $"Input and weights have different element types, {context.Element(input)} and {context.Element(weights)}.");
        context.Require(group >= 1 && w[0] % group == 0, $"{w[0]} output channels cannot be split into {group} groups.");
        context.Require(
            w[1] <= long.MaxValue / group && x[1] == w[1] * group,
            $"The input has {x[1]} channels but the weights of shape {context.Shape(weights)} with {group} groups need {w[1]} x {group}.");
        context.Require(
            !context.Has(bias) || (context.Shape(bias).Equals(Shape.Of(w[0])) && (bias != 2 || context.Element(bias) == context.Element(input))),
            $"The bias must have shape {w[0]} and the input's element type.");
        SpatialWindow window = SpatialWindow.Read(context.Attributes, w[2..], x.Length - 2, (good, message) => context.Require(good, message));
        var y = new long[x.Length];
        y[0] = x[0];
        y[1] = w[0];
        for (int axis = 0; axis < x.Length - 2; axis++)
        {
            y[axis + 2] = window.Output(axis, x[axis + 2]);
            context.Require(y[axis + 2] >= 1, $"The window of {window.Reach(axis)} does not fit the padded input {context.Shape(input)}.");
        }

        return context.Result(result, y);
    }

    private static TensorType[] Transposed(InferenceContext context)
    {
        long[] x = context.Extents(0, 3);
        long[] w = context.Extents(1);
        long group = context.Attributes.Int("group", 1);
        int rank = x.Length - 2;
        context.Require(
            w.Length == x.Length && x[1] == w[0] && group >= 1 && w[0] % group == 0,
            $"The weights of shape {context.Shape(1)} with {group} groups do not fit the input of shape {context.Shape(0)}.");
        context.Require(context.Element(0) == context.Element(1), "Input and weights have different element types.");
        SpatialWindow window = SpatialWindow.Read(context.Attributes, w[2..], rank, (good, message) => context.Require(good, message));
        long[] extra = context.Attributes.Ints("output_padding") is { } padding ? [.. padding] : new long[rank];
        long[]? wanted = context.Attributes.Ints("output_shape") is { } shape ? [.. shape] : null;
        context.Require(extra.Length == rank && (wanted is null || wanted.Length >= rank), "output_padding or output_shape has the wrong length.");
        var y = new long[x.Length];
        y[0] = x[0];
        y[1] = checked(w[1] * group);
        for (int axis = 0; axis < rank; axis++)
        {
            long same = checked(x[axis + 2] * window.Strides[axis]);
            long full = checked(((x[axis + 2] - 1) * window.Strides[axis]) + extra[axis] + window.Reach(axis));
            y[axis + 2] = wanted is not null ? wanted[wanted.Length - rank + axis] : window.AutoPad switch
            {
                "SAME_UPPER" or "SAME_LOWER" => same,
                "VALID" => full,
                _ => full - window.Pads[axis] - window.Pads[axis + rank],
            };
        }

        return context.Result(context.Element(0), y);
    }
}
