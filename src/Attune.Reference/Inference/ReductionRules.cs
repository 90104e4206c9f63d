using Attune.Kernels;

namespace Attune.Reference.Inference;

/// <summary>Reductions, arg and top-k, cumulative sums, losses.</summary>
internal static class ReductionRules
{
    private static readonly string[] Reductions =
    [
        "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum", "ReduceSumSquare",
    ];

    /// <summary>Every rule of the family.</summary>
    public static IEnumerable<KeyValuePair<string, InferenceRule>> All =>
    [
        .. ElementwiseRules.Alike(Reductions, Reduce),
        new("ArgMax", Arg),
        new("ArgMin", Arg),
        new("TopK", TopK),
        new("CumSum", ElementwiseRules.SameAsFirst),
        new("CumProd", ElementwiseRules.SameAsFirst),
        new("NegativeLogLikelihoodLoss", context => [Loss(context)]),
        new("SoftmaxCrossEntropyLoss", context => [Loss(context), context.In(0)]),
    ];

    // One loss for each label, or their sum or mean.
    private static TensorType Loss(InferenceContext context) =>
        new(context.Element(0), context.Attributes.Text("reduction", "mean") == "none" ? context.Shape(1) : Shape.Scalar);

    private static TensorType[]? Reduce(InferenceContext context)
    {
        long[] x = context.Extents(0);
        int newestAttributeOpset = context.Node.Operator == "ReduceSum" ? 12 : 17;
        context.Require(
            context.Opset > newestAttributeOpset || !context.Has(1),
            $"In operator set {context.Opset} axes are an attribute; as an input they came after {newestAttributeOpset}.");
        bool given = context.TryIntegers("axes", 1, out long[]? axes);
        if (given && axes is null)
        {
            return null;
        }

        if (axes is null or { Length: 0 })
        {
            if (context.Attributes.Int("noop_with_empty_axes", 0) != 0)
            {
                // Nothing is combined, though each element still goes through the operator's function.
                return [context.In(0)];
            }

            axes = [.. Enumerable.Range(0, x.Length).Select(axis => (long)axis)];
        }

        return context.Result(context.Element(0), Without(context, x, axes, context.Attributes.Int("keepdims", 1) != 0));
    }

    private static TensorType[] Arg(InferenceContext context)
    {
        long[] x = context.Extents(0, 1);
        return context.Result(DataType.Int64, Without(context, x, [context.Attributes.Int("axis", 0)], context.Attributes.Int("keepdims", 1) != 0));
    }

    private static long[] Without(InferenceContext context, long[] extents, long[] axes, bool keep)
    {
        var reduced = axes.Select(axis => context.Axis(axis, extents.Length)).ToHashSet();
        return keep
            ? [.. extents.Select((extent, axis) => reduced.Contains(axis) ? 1 : extent)]
            : [.. extents.Where((_, axis) => !reduced.Contains(axis))];
    }

    private static TensorType[]? TopK(InferenceContext context)
    {
        long? k = context.Opset >= 10 ? context.Integer(1) : context.Attributes.Int("k", -1);
        if (k is null)
        {
            return null;
        }

        long[] x = context.Extents(0, 1);
        int axis = context.Axis(context.Attributes.Int("axis", -1), x.Length);
        context.Require(k >= 0 && k <= x[axis], $"The best {k} of {x[axis]} cannot be chosen.");
        x[axis] = k.Value;
        TensorType values = context.Result(context.Element(0), x)[0];
        return [values, values with { Element = DataType.Int64 }];
    }
}
