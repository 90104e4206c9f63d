namespace Attune.Kernels.Reference;

/// <summary>The fused attention, head by head and query by query, in double precision.</summary>
internal static class AttentionKernel
{
    public static void Register(KernelTable table) => table.Add(FusedOperators.Attention, Run);

    private static Tensor Run(KernelCall call)
    {
        Tensor[] operands = [call.Input(0), call.Input(1), call.Input(2)];
        int heads = (int)call.Int("heads", 0);
        int size = (int)call.Int("size", 0);
        int valueSize = (int)call.Int("value_size", 0);
        long[] offsets = call.Ints("offsets") ?? [0, 0, 0];
        if (Array.Exists(operands, t => t.Shape.Rank != 3 || t.Shape[0] != operands[0].Shape[0]) || heads < 1 || size < 1 || valueSize < 1 || offsets.Length != 3
            || operands[1].Shape[1] != operands[2].Shape[1] || !Fits(operands[0], offsets[0], heads * size) || !Fits(operands[1], offsets[1], heads * size) || !Fits(operands[2], offsets[2], heads * valueSize))
        {
            throw call.Malformed($"{string.Join(", ", operands.Select(t => t.Shape))} with {heads} heads of {size} and {valueSize} elements at {string.Join(", ", offsets)} are no queries, keys and values");
        }

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

    private static bool Fits(Tensor operand, long offset, int columns) => offset >= 0 && offset + columns <= operand.Shape[2];

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
