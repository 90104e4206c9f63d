using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>The fused attention, head by head and query by query, in double precision.</summary>
internal static class AttentionKernel
{
    public static void Register(KernelTable table) => table.Add(FusedOperators.Attention, Guard, Run);

    private static void Guard(NodeFacts node)
    {
        Shape[] shapes = [node.Shape(0), node.Shape(1), node.Shape(2)];
        long heads = node.Int("heads", 0);
        long size = node.Int("size", 0);
        long valueSize = node.Int("value_size", 0);
        long[] offsets = node.Ints("offsets") ?? [0, 0, 0];
        if (Array.Exists(shapes, shape => shape.Rank != 3 || shape.Dimensions[0] != shapes[0].Dimensions[0]) || offsets.Length != 3
            || shapes[1].Dimensions[1] != shapes[2].Dimensions[1]
            || !Fits(shapes[0], offsets[0], heads, size) || !Fits(shapes[1], offsets[1], heads, size) || !Fits(shapes[2], offsets[2], heads, valueSize))
        {
            string stated = $"{heads} heads of {size} and {valueSize} elements at {string.Join(", ", offsets)}";
            throw node.Malformed($"{string.Join<Shape>(", ", shapes)} with {stated} are no queries, keys and values");
        }

        Guards.Real(node, 0);
        Guards.Same(node, 0, 1);
        Guards.Same(node, 0, 2);
        Guards.NotText(node, 3);
        Guards.Stretches(node, 3, Shape.Of(shapes[0].Dimensions[0], heads, shapes[0].Dimensions[1], shapes[1].Dimensions[1]));
    }

    private static Tensor Run(KernelCall call)
    {
        Tensor[] operands = [call.Input(0), call.Input(1), call.Input(2)];
        int heads = (int)call.Int("heads", 0);
        int size = (int)call.Int("size", 0);
        int valueSize = (int)call.Int("value_size", 0);
        long[] offsets = call.Ints("offsets") ?? [0, 0, 0];
        (int batch, int queries, int keys) = (operands[0].Shape[0], operands[0].Shape[1], operands[1].Shape[1]);
        double[][] data = Array.ConvertAll(operands, Numbers.ToDoubles);
        double[]? mask = call.Optional(3) is Tensor m ? Numbers.ToDoubles(Indexing.Expand(m, Shape.Of(batch, heads, queries, keys))) : null;
        float scale = call.Float("scale", 1);
        var y = new double[batch * queries * heads * valueSize];
        var weights = new double[keys];
        for (int n = 0; n < batch; n++)
        {
            for (int head = 0; head < heads; head++)
            {
                for (int i = 0; i < queries; i++)
                {
                    ReadOnlySpan<double> q = Row(0, n, i, head, size);
                    for (int j = 0; j < keys; j++)
                    {
                        ReadOnlySpan<double> k = Row(1, n, j, head, size);
                        double dot = 0;
                        for (int d = 0; d < size; d++)
                        {
                            dot += q[d] * k[d];
                        }

                        weights[j] = (dot * scale) + (mask?[((((n * heads) + head) * queries + i) * keys) + j] ?? 0);
                    }

                    Normalise(weights);
                    Span<double> result = y.AsSpan(((n * queries) + i) * heads * valueSize + (head * valueSize), valueSize);
                    for (int j = 0; j < keys; j++)
                    {
                        ReadOnlySpan<double> v = Row(2, n, j, head, valueSize);
                        for (int d = 0; d < valueSize; d++)
                        {
                            result[d] += weights[j] * v[d];
                        }
                    }
                }
            }
        }

        return Numbers.FromDoubles(y, operands[0].Element, Shape.Of(batch, queries, heads * valueSize));

        ReadOnlySpan<double> Row(int operand, int n, int row, int head, int length)
        {
            Shape shape = operands[operand].Shape;
            return data[operand].AsSpan((((n * shape[1]) + row) * shape[2]) + (int)offsets[operand] + (head * length), length);
        }
    }

    private static bool Fits(Shape operand, long offset, long heads, long size)
    {
        long columns = operand.Dimensions[2];
        return offset >= 0 && offset <= columns && heads > 0 && size > 0 && heads <= columns && size <= columns && heads * size <= columns - offset;
    }

    private static void Normalise(double[] weights)
    {
        double maximum = weights.Max();
        double sum = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = Math.Exp(weights[i] - maximum);
            sum += weights[i];
        }

        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] /= sum;
        }
    }
}
