using Attune.Kernels;

namespace Attune.Reference.Inference;

/// <summary>Quantised operators of ONNX Runtime's domain: the shapes of their plain forms, the element type of the result's zero point.</summary>
internal static class ContributedRules
{
    /// <summary>Every rule of the family.</summary>
    public static IEnumerable<KeyValuePair<string, InferenceRule>> All =>
    [
        new(ContributedOperators.Quantise, QuantizationRules.Quantize),
        new(ContributedOperators.Dequantise, QuantizationRules.Dequantize),
        new(ContributedOperators.Add, context => Plain(context, 7, 0, 3)),
        new(ContributedOperators.Multiply, context => Plain(context, 7, 0, 3)),
        new(ContributedOperators.LeakyRelu, context => Plain(context, 4, 0)),
        new(ContributedOperators.Sigmoid, context => Plain(context, 4, 0)),
        new(ContributedOperators.Softmax, context => Plain(context, 4, 0)),
        new(ContributedOperators.AveragePool, Pool),
        new(ContributedOperators.GlobalAveragePool, Pool),
        new(ContributedOperators.Concat, Concat),
        new(ContributedOperators.Gemm, Gemm),
        new(ContributedOperators.MatMulBits, MatMulBits),
    ];

    /// <summary>The plain form's result on some of the inputs, with the element type of a zero point, or of the first data when there is none.</summary>
    private static TensorType[] Plain(InferenceContext context, int zero, params int[] data)
    {
        string name = ContributedOperators.PlainFormOf(context.Node.Operator)!;
        Node plain = context.Node with
        {
            Operator = name,
            Opset = ContributedOperators.PlainOpset(context.Node.Operator, context.Attributes),
            Attributes = ContributedOperators.PlainAttributes(context.Attributes),
        };

        // Only the shapes count: one element type stands for all.
        TensorType[] inputs = [.. data.Select(input => context.In(input) with { Element = DataType.Float32 })];
        TensorType[] result = InferenceTable.Find(name)!(new InferenceContext(plain, inputs, []))!;
        return [result[0] with { Element = context.Has(zero) ? context.Element(zero) : context.Element(data[0]) }];
    }

    private static TensorType[] Pool(InferenceContext context)
    {
        context.Require(context.Attributes.Int("channels_last", 0) == 0, "Data with the channels last are not supported.");
        return Plain(context, 4, 0);
    }

    private static TensorType[] Concat(InferenceContext context)
    {
        context.Require((context.InputCount - 2) % 3 == 0, $"{context.InputCount - 2} inputs are no data, scales and zero points.");
        return Plain(context, 1, [.. Enumerable.Range(0, (context.InputCount - 2) / 3).Select(part => 2 + (part * 3))]);
    }

    private static TensorType[] Gemm(InferenceContext context)
    {
        context.Require(context.Has(7) == context.Has(8), "The result has a scale or a zero point but not both.");
        TensorType[] result = Plain(context, 8, 0, 3);
        context.Require(
            !context.Has(6) || result[0].Shape.Equals(Broadcasting.Join(result[0].Shape, context.Shape(6))),
            $"The addend does not stretch to {result[0].Shape}.");
        return context.Has(8) ? result : [result[0] with { Element = DataType.Float32 }];
    }

    private static TensorType[] MatMulBits(InferenceContext context)
    {
        long[] y = context.Extents(0, 1);
        long depth = context.Attributes.Int("K", 0);
        context.Require(y[^1] == depth, $"{context.Shape(0)} times weights of rows of {depth}: the inner extents differ.");
        y[^1] = context.Attributes.Int("N", 0);
        context.Require(y[^1] > 0, "The weights have no rows.");
        return context.Result(context.Element(0), y);
    }
}
