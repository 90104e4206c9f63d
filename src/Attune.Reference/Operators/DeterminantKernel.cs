using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>Determinants of square matrices.</summary>
internal static class DeterminantKernel
{
    public static void Register(KernelTable table) => table.Add("Det", Guard, Determinant);

    private static void Guard(NodeFacts node)
    {
        Guards.Real(node, 0);
        Shape x = node.Shape(0);
        if (x.Rank < 2 || x.Dimensions[^1] != x.Dimensions[^2])
        {
            throw node.Malformed($"square matrices are needed, not {x}");
        }
    }

    private static Tensor Determinant(KernelCall call)
    {
        Tensor x = call.Input(0);
        int size = x.Shape[-1];
        double[] values = Numbers.ToDoubles(x);
        var shape = new Shape(x.Shape.Dimensions[..^2]);
        var results = new double[checked((int)shape.Count)];
        for (int i = 0; i < results.Length; i++)
        {
            results[i] = Determinant(values.AsSpan(i * size * size, size * size).ToArray(), size);
        }

        return Numbers.FromDoubles(results, x.Element, shape);
    }

    /// <summary>Gaussian elimination with partial pivoting; destroys its argument.</summary>
    private static double Determinant(double[] matrix, int size)
    {
        double determinant = 1;
        for (int step = 0; step < size; step++)
        {
            int pivot = Enumerable.Range(step, size - step).MaxBy(row => Math.Abs(matrix[(row * size) + step]));
            if (matrix[(pivot * size) + step] == 0)
            {
                return 0;
            }

            for (int column = 0; column < size && pivot != step; column++)
            {
                (matrix[(pivot * size) + column], matrix[(step * size) + column]) = (matrix[(step * size) + column], matrix[(pivot * size) + column]);
            }

            determinant *= pivot == step ? matrix[(step * size) + step] : -matrix[(step * size) + step];
            for (int row = step + 1; row < size; row++)
            {
                double factor = matrix[(row * size) + step] / matrix[(step * size) + step];
                for (int column = step; column < size; column++)
                {
                    matrix[(row * size) + column] -= factor * matrix[(step * size) + column];
                }
            }
        }

        return determinant;
    }
}
