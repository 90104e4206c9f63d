using System.Collections.Immutable;
using Attune.Kernels;

namespace Attune.Reference.Inference;

/// <summary>Operators about shapes, and those that make tensors out of nothing.</summary>
internal static class ShapeRules
{
    /// <summary>Every rule of the family.</summary>
    internal static IEnumerable<KeyValuePair<string, InferenceRule>> All =>
    [
        new("Shape", context => [Evaluate(context.Node, context.Shape(0)).Type]),
        new("Size", context => context.Has(0) ? [new TensorType(DataType.Int64, Shape.Scalar)] : null),
        new("Constant", context => [ConstantValue(context.Node)?.Type ?? throw context.Fail("The constant has no value.")]),
        new("ConstantOfShape", Filled),
        new("Range", Range),
        new("EyeLike", context => [context.In(0) with
        {
            Element = context.Attributes.Has("dtype") ? ElementwiseRules.Target(context, context.Attributes.Int("dtype", 0)) : context.Element(0),
        }]),
    ];

    /// <summary>The result of Shape or Size, which need the input's type only.</summary>
    public static Tensor Evaluate(Node node, Shape shape)
    {
        if (node.Operator == "Size")
        {
            return Tensor.Scalar(shape.Count);
        }

        long start = Clamp(node.Attributes.Int("start", 0));
        long end = Clamp(node.Attributes.Int("end", shape.Rank));
        return Tensor.Vector(shape.Dimensions.AsSpan()[(int)start..(int)Math.Max(start, end)].ToArray());

        long Clamp(long value) => Math.Clamp(value < 0 ? value + shape.Rank : value, 0, shape.Rank);
    }

    /// <summary>The tensor that a Constant node stands for, or null when it is malformed.</summary>
    public static Tensor? ConstantValue(Node node) => node.Attributes.FirstOrDefault() switch
    {
        { Value: Tensor tensor } => tensor,
        { Value: float number } => Tensor.Scalar(number),
        { Value: long number } => Tensor.Scalar(number),
        { Value: string text } => Tensor.Scalar(text),
        { Value: ImmutableArray<float> list } => Tensor.Vector([.. list]),
        { Value: ImmutableArray<long> list } => Tensor.Vector([.. list]),
        { Value: ImmutableArray<string> list } => Tensor.Vector([.. list]),
        _ => null,
    };

    private static TensorType[]? Filled(InferenceContext context)
    {
        Tensor? value = context.Attributes.Tensor("value");
        return context.Integers(0) is { } extents ? context.Result(value?.Element ?? DataType.Float32, extents) : null;
    }

    private static TensorType[]? Range(InferenceContext context)
    {
        if (context.Constant(0) is not { } start || context.Constant(1) is not { } limit || context.Constant(2) is not { } step)
        {
            return null;
        }

        context.Require(start.Count == 1 && limit.Count == 1 && step.Count == 1, "Range needs three numbers.");
        decimal delta = Number(step);
        context.Require(delta != 0, "The step of Range is zero.");
        decimal count = Math.Max(0, Math.Ceiling((Number(limit) - Number(start)) / delta));
        return context.Result(start.Element, (long)count);

        static decimal Number(Tensor tensor) => Convert.ToDecimal(tensor.Data.GetValue(0));
    }
}
