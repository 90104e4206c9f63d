using Attune.Graph.Onnx;
using Attune.Kernels;

namespace Attune.Graph.Tests.Reading;

/// <summary>Models of one operator of ONNX Runtime's domain, numbers to put into them, and attention as plain loops.</summary>
internal static class ContributedModel
{
    public const string Domain = "com.microsoft";

    /// <summary>A model of a set as old exporters write it, with ONNX Runtime's domain.</summary>
    public static SmallModel New(int opset = 14)
    {
        var model = new SmallModel(opset);
        model.Proto.OpsetImport.Add(new OperatorSetIdProto { Domain = Domain, Version = 1 });
        return model;
    }

    /// <summary>The operator of ONNX Runtime's domain.</summary>
    public static SmallModel Op(this SmallModel model, string op, string inputs, string outputs, params (string Name, object Value)[] attributes) =>
        model.Node($"{Domain}.{op}", inputs, outputs, attributes);

    /// <summary>Constant floats.</summary>
    public static SmallModel Weights(this SmallModel model, string name, long[] extents, float[] values) =>
        model.Constant(name, Tensor.Of(Shape.Of(extents), values));

    /// <summary>Integers of 32 bits that are given when the model runs.</summary>
    public static SmallModel Whole(this SmallModel model, string name, long[] extents, params int[] values) =>
        model.Input(name, Tensor.Of(Shape.Of(extents), values));

    /// <summary>Numbers between -1 and 1 without order.</summary>
    public static float[] Values(int count, int seed) => [.. Enumerable.Range(1, count).Select(i => (float)Math.Sin((seed * 12.9898) + (i * i * 0.7) + i))];

    /// <summary>A product with a bias: (rows, inner) times (inner, columns).</summary>
    public static float[] Product(float[] a, float[] b, float[] bias, int inner)
    {
        int columns = b.Length / inner;
        float[] result = new float[a.Length / inner * columns];
        for (int i = 0; i < result.Length; i++)
        {
            double sum = bias[i % columns];
            for (int k = 0; k < inner; k++)
            {
                sum += (double)a[(i / columns * inner) + k] * b[(k * columns) + (i % columns)];
            }

            result[i] = (float)sum;
        }

        return result;
    }

    /// <summary>Columns of a matrix from one on.</summary>
    public static float[] Columns(float[] matrix, int width, int start, int count) =>
        [.. Enumerable.Range(0, matrix.Length / width).SelectMany(row => matrix[((row * width) + start)..((row * width) + start + count)])];

    /// <summary>From (batch, length, heads, size) to (batch, heads, length, size).</summary>
    public static float[] ByHead(float[] flat, int batch, int heads, int size)
    {
        int length = flat.Length / (batch * heads * size);
        float[] result = new float[flat.Length];
        for (int i = 0; i < flat.Length; i++)
        {
            int head = i / size % heads;
            int position = i / size / heads % length;
            result[(((((i / size / heads / length) * heads) + head) * length) + position) * size + (i % size)] = flat[i];
        }

        return result;
    }

    /// <summary>Attention over keys and values by head; queries and results are (batch, queries, heads, size).</summary>
    /// <param name="q">Queries.</param>
    /// <param name="k">Keys (batch, heads of keys, length, size).</param>
    /// <param name="v">Values, likewise.</param>
    /// <param name="extents">Batch, heads, heads of keys, size of a head, size of a value.</param>
    /// <param name="bias">What is added to a score, by batch, head, query and key.</param>
    /// <param name="scale">What scores are multiplied by; one over the root of the size when it is 0.</param>
    public static float[] Attend(
        float[] q, float[] k, float[] v, (int Batch, int Heads, int KeyHeads, int Size, int ValueSize) extents, Func<int, int, int, int, double> bias,
        double scale = 0)
    {
        (int batch, int heads, int keyHeads, int size, int valueSize) = extents;
        int queries = q.Length / (batch * heads * size);
        int keys = k.Length / (batch * keyHeads * size);
        float[] result = new float[batch * queries * heads * valueSize];
        for (int i = 0; i < batch * queries * heads; i++)
        {
            (int b, int s, int h) = (i / heads / queries, i / heads % queries, i % heads);
            int first = ((b * keyHeads) + (h / (heads / keyHeads))) * keys;
            double[] shares = new double[keys];
            for (int t = 0; t < keys; t++)
            {
                double sum = Enumerable.Range(0, size).Sum(d => (double)q[(i * size) + d] * k[((first + t) * size) + d]);
                shares[t] = (sum * (scale == 0 ? 1 / Math.Sqrt(size) : scale)) + bias(b, h, s, t);
            }

            double highest = shares.Max();
            double total = shares.Sum(score => Math.Exp(score - highest));
            for (int d = 0; d < valueSize; d++)
            {
                result[(i * valueSize) + d] = (float)shares.Select((score, t) => Math.Exp(score - highest) / total * v[((first + t) * valueSize) + d]).Sum();
            }
        }

        return result;
    }
}
