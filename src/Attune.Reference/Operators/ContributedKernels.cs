using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>
/// Quantised operators of ONNX Runtime's domain by their definition: the real values of what is given, the plain operator in double precision, and the result
/// quantised. Nothing is rounded in between.
/// </summary>
internal static class ContributedKernels
{
    public static void Register(KernelTable table)
    {
        table.Add(ContributedOperators.Quantise, QuantisationKernels.GuardQuantise, QuantisationKernels.Quantise);
        table.Add(ContributedOperators.Dequantise, QuantisationKernels.GuardDequantise, QuantisationKernels.Dequantise);
        foreach (string name in (string[])[ContributedOperators.Add, ContributedOperators.Multiply])
        {
            Add(table, name, static _ => [new Operand(0, 1, 2), new Operand(3, 4, 5)], new Operand(0, 6, 7));
        }

        foreach (string name in (string[])
        [
            ContributedOperators.LeakyRelu, ContributedOperators.Sigmoid, ContributedOperators.Softmax, ContributedOperators.AveragePool,
            ContributedOperators.GlobalAveragePool,
        ])
        {
            Add(table, name, static _ => [new Operand(0, 1, 2)], new Operand(0, 3, 4));
        }

        Add(table, ContributedOperators.Concat, Parts, new Operand(2, 0, 1));
        table.Add(ContributedOperators.Gemm, node => GuardGemm(table, node), call => Gemm(table, call));
    }

    private static void Add(KernelTable table, string name, Func<NodeFacts, Operand[]> operands, Operand result) => table.Add(
        name,
        node =>
        {
            Operand[] parts = operands(node);
            Guard(node, parts);
            GuardResult(node, result);
            GuardPlain(table, node, [.. parts.Select(part => node.Shape(part.Data))]);
        },
        call =>
        {
            Tensor[] real = [.. operands(call).Select(part => Real(call, part, 0))];
            return Quantised(call, Plain(table, call, real), result);
        });

    private static Operand[] Parts(NodeFacts node)
    {
        if (node.InputCount < 5 || (node.InputCount - 2) % 3 != 0)
        {
            throw node.Malformed($"{node.InputCount - 2} inputs are no data, scales and zero points");
        }

        return [.. Enumerable.Range(0, (node.InputCount - 2) / 3).Select(static part => new Operand(2 + (part * 3), 3 + (part * 3), 4 + (part * 3)))];
    }

    private static void Guard(NodeFacts node, Operand[] operands)
    {
        if (node.Flag("channels_last"))
        {
            throw node.Unsupported("data with the channels last");
        }

        foreach (Operand operand in operands)
        {
            Bytes(node, operand.Data);
            Guards.One(node, operand.Scale);
            Guards.One(node, operand.Zero);
            Quantisation.GuardParameters(node, node.Shape(operand.Data), operand.Scale, operand.Zero, 0);
            Quantisation.GuardCentred(node, operand.Data, operand.Zero, 0);
        }
    }

    private static void GuardResult(NodeFacts node, Operand result)
    {
        Guards.One(node, result.Scale);
        Guards.One(node, result.Zero);
        Guards.Real(node, result.Scale);
        if (node.Has(result.Zero))
        {
            Bytes(node, result.Zero);
        }
    }

    private static void Bytes(NodeFacts node, int input)
    {
        if (node.Element(input) is not (DataType.Int8 or DataType.UInt8))
        {
            throw node.Malformed($"input {input} must hold 8-bit integers, not {node.Element(input)}");
        }
    }

    private static void GuardGemm(KernelTable table, NodeFacts node)
    {
        Guard(node, [new Operand(0, 1, 2)]);
        Bytes(node, 3);
        Guards.Rank(node, 3, 2);
        Quantisation.GuardParameters(node, node.Shape(3), 4, 5, ColumnAxis(node));
        Quantisation.GuardCentred(node, 3, 5, ColumnAxis(node));
        GuardPlain(table, node, [node.Shape(0), node.Shape(3)]);
        if (node.Has(6))
        {
            if (node.Element(6) != DataType.Int32)
            {
                throw node.Malformed($"input 6 must hold Int32, not {node.Element(6)}");
            }

            Guards.Stretches(node, 6, GemmShape(node));
        }

        if (node.Has(7) != node.Has(8))
        {
            throw node.Malformed("the result has a scale or a zero point but not both");
        }

        if (node.Has(7))
        {
            GuardResult(node, new Operand(0, 7, 8));
        }
    }

    private static Tensor Gemm(KernelTable table, KernelCall call)
    {
        Tensor product = Plain(table, call, [Real(call, new Operand(0, 1, 2), 0), Real(call, new Operand(3, 4, 5), ColumnAxis(call))]);
        if (call.Optional(6) is { } addend)
        {
            double unit = call.Float("alpha", 1) * Numbers.ToDouble(call.Input(1));
            double[] scales = Numbers.ToDoubles(call.Input(4));
            double[] added = Numbers.ToDoubles(Indexing.Expand(addend, product.Shape));
            double[] sums = product.Elements<double>();
            product = Tensor.Of(product.Shape, [.. sums.Select((sum, i) => sum + (added[i] * unit * scales[scales.Length == 1 ? 0 : i % product.Shape[1]]))]);
        }

        return call.Has(7) ? Quantised(call, product, new Operand(0, 7, 8)) : Numbers.Convert(product, DataType.Float32);
    }

    private static int ColumnAxis(NodeFacts node) => node.Flag("transB") ? 0 : 1;

    private static Shape GemmShape(NodeFacts node) => Shape.Of(
        node.Shape(0).Dimensions[node.Flag("transA") ? 1 : 0], node.Shape(3).Dimensions[node.Flag("transB") ? 0 : 1]);

    private static Tensor Real(KernelCall call, Operand operand, int axis)
    {
        Tensor data = call.Input(operand.Data);
        return Tensor.Of(data.Shape, Quantisation.Dequantise(data, call.Input(operand.Scale), call.Optional(operand.Zero), axis));
    }

    private static Tensor Quantised(KernelCall call, Tensor real, Operand result)
    {
        Tensor zero = call.Optional(result.Zero) ?? Tensor.Zeros(call.Input(result.Data).Element, Shape.Scalar);
        return Quantisation.Quantise(real.Elements<double>(), real.Shape, call.Input(result.Scale), zero, 0);
    }

    private static void GuardPlain(KernelTable table, NodeFacts node, Shape[] shapes)
    {
        TensorType[] types = [.. shapes.Select(static shape => new TensorType(DataType.Float64, shape))];
        table.Find(ContributedOperators.PlainFormOf(node.Node.Operator)!)!.Guard(new NodeFacts(PlainNode(node), types, new Tensor?[types.Length]));
    }

    private static Tensor Plain(KernelTable table, KernelCall call, Tensor[] real) =>
        table.Find(ContributedOperators.PlainFormOf(call.Node.Operator)!)!.Kernel(new KernelCall(PlainNode(call), real))[0];

    // Keeps its name and operator, so that what is refused is said of the node in the model.
    private static Node PlainNode(NodeFacts node) => node.Node with
    {
        Opset = ContributedOperators.PlainOpset(node.Node.Operator, node.Attributes),
        Attributes = ContributedOperators.PlainAttributes(node.Attributes),
        Outputs = [node.Node.Outputs[0]],
    };

    /// <summary>Positions of a quantised value and its parameters; of a result, the data whose type it has when there is no zero point.</summary>
    private sealed record Operand(int Data, int Scale, int Zero);
}
