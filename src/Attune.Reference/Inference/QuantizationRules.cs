using Attune.Kernels;

namespace Attune.Reference.Inference;

/// <summary>Conversions between real numbers and quantised integers.</summary>
internal static class QuantizationRules
{
    /// <summary>Every rule of the family.</summary>
    public static IEnumerable<KeyValuePair<string, InferenceRule>> All =>
    [
        new("QuantizeLinear", Quantize),
        new("DequantizeLinear", Dequantize),
        new("DynamicQuantizeLinear", context =>
        [
            context.In(0) with { Element = DataType.UInt8 },
            new TensorType(DataType.Float32, Shape.Scalar),
            new TensorType(DataType.UInt8, Shape.Scalar),
        ]),
    ];

    /// <summary>Integers of the zero point's type, of the wanted type, or unsigned bytes.</summary>
    public static TensorType[] Quantize(InferenceContext context)
    {
        DataType element = context.Has(2)
            ? context.Element(2)
            : context.Attributes.Int("output_dtype", 0) is > 0 and var wanted ? ElementwiseRules.Target(context, wanted) : DataType.UInt8;
        return [context.In(0) with { Element = element }];
    }

    /// <summary>Floats of the scale's type.</summary>
    public static TensorType[] Dequantize(InferenceContext context) => [context.In(0) with { Element = context.Element(1) }];
}
