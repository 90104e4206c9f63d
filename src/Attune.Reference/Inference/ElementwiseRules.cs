using Attune.Kernels;

namespace Attune.Reference.Inference;

/// <summary>Operators that work element by element.</summary>
internal static class ElementwiseRules
{
    private static readonly string[] Unary =
    [
        "Abs", "Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "BitwiseNot", "Ceil", "Celu", "Cos", "Cosh", "Elu", "Erf", "Exp", "Floor", "Gelu",
        "HardSigmoid", "HardSwish", "Identity", "LeakyRelu", "Log", "Mish", "Neg", "Reciprocal", "Relu", "Round", "Selu",
        "Shrink", "Sigmoid", "Sign", "Sin", "Sinh", "Softplus", "Softsign", "Sqrt", "Tan", "Tanh", "ThresholdedRelu",
    ];

    private static readonly string[] AlongAnAxis = ["Hardmax", "LogSoftmax", "Softmax"];

    private static readonly string[] Arithmetic =
    [
        "Add", "BitShift", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "Div", "Max", "Mean", "Min", "Mod", "Mul", "Sub", "Sum",
    ];

    private static readonly string[] Comparing = ["And", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Or", "Xor"];

    /// <summary>Every rule of the family.</summary>
    public static IEnumerable<KeyValuePair<string, InferenceRule>> All =>
    [
        .. Alike(Unary, SameAsFirst),
        .. Alike(AlongAnAxis, Normalised),
        .. Alike(Arithmetic, context => Joined(context, SameElement(context))),
        .. Alike(Comparing, context => Joined(context, Compared(context))),
        new("Pow", context => Joined(context, context.Element(0))),
        new("Not", context => [context.In(0) with { Element = DataType.Bool }]),
        new("IsNaN", context => [context.In(0) with { Element = DataType.Bool }]),
        new("IsInf", context => [context.In(0) with { Element = DataType.Bool }]),
        new("Clip", SameAsFirst),
        new("PRelu", PRelu),
        new("Cast", context => [context.In(0) with { Element = Target(context, context.Attributes.Int("to", 0)) }]),
        new("BitCast", context => [context.In(0) with { Element = Target(context, context.Attributes.Int("to", 0)) }]),
        new("CastLike", context => [context.In(0) with { Element = context.Element(1) }]),
        new("Where", Where),
        new("Dropout", context => [context.In(0), context.In(0) with { Element = context.Opset >= 10 ? DataType.Bool : context.Element(0) }]),
    ];

    /// <summary>The same rule for several operators.</summary>
    public static IEnumerable<KeyValuePair<string, InferenceRule>> Alike(string[] names, InferenceRule rule)
    {
        foreach (string name in names)
        {
            yield return new(name, rule);
        }
    }

    /// <summary>One output, of the first input's type.</summary>
    public static TensorType[] SameAsFirst(InferenceContext context) => [context.In(0)];

    private static TensorType[] Joined(InferenceContext context, DataType element) => [new TensorType(element, Broadcasting.All(context))];

    private static DataType SameElement(InferenceContext context)
    {
        DataType element = context.Element(0);
        for (int i = 1; i < context.InputCount; i++)
        {
            context.Require(context.Element(i) == element, $"The inputs have different element types, {element} and {context.Element(i)}.");
        }

        return element;
    }

    private static DataType Compared(InferenceContext context)
    {
        context.Require(context.InputCount == 2, "Two inputs are needed.");
        SameElement(context);
        return DataType.Bool;
    }

    private static TensorType[] Normalised(InferenceContext context)
    {
        // Before operator set 13 the axes from "axis" on were one, so that "behind the last axis" made sense.
        int rank = context.Shape(0).Rank;
        long axis = context.Attributes.Int("axis", context.Opset >= 13 ? -1 : 1);
        context.Require(rank == 0 || (axis >= -rank && axis <= (context.Opset >= 13 ? rank - 1 : rank)), $"Axis {axis} is outside a tensor of rank {rank}.");
        return [context.In(0)];
    }

    private static TensorType[] PRelu(InferenceContext context)
    {
        // Before operator set 7 a list of slopes went with the channels.
        bool perChannel = context.Opset < 7 && context.Shape(0).Rank > 1 && context.Shape(1).Equals(Shape.Of(context.Shape(0).Dimensions[1]));
        context.Require(
            perChannel || Broadcasting.Join(context.Shape(0), context.Shape(1)) is { } joined && joined.Equals(context.Shape(0)),
            $"The slope of shape {context.Shape(1)} does not stretch to {context.Shape(0)}.");
        return [context.In(0)];
    }

    private static TensorType[] Where(InferenceContext context)
    {
        context.Require(context.Element(0) == DataType.Bool, "The condition must be Bool.");
        context.Require(context.Element(1) == context.Element(2), $"The branches have different element types, {context.Element(1)} and {context.Element(2)}.");
        return Joined(context, context.Element(1));
    }

    /// <summary>An element type given by number.</summary>
    public static DataType Target(InferenceContext context, long number)
    {
        var element = (DataType)(int)number;
        context.Require(number > 0 && Enum.IsDefined(element), $"Element type {ElementTypeNames.Of(number)} is not supported.");
        return element;
    }
}
