using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>Softmax, its logarithm and hardmax. Before operator set 13 they flatten everything from their axis on into one vector.</summary>
internal static class SoftmaxKernels
{
    public static void Register(KernelTable table)
    {
        table.Add("Softmax", Guard, static call => Apply(call, static values => Soften(values, static (v, sum) => Math.Exp(v) / sum)));
        table.Add("LogSoftmax", Guard, static call => Apply(call, static values => Soften(values, static (v, sum) => v - Math.Log(sum))));
        table.Add("Hardmax", Guard, static call => Apply(call, Harden));
    }

    private static void Guard(NodeFacts node)
    {
        Guards.Real(node, 0);
        AxesOf(node);
    }

    private static int[] AxesOf(NodeFacts node)
    {
        int rank = node.Shape(0).Rank;
        // Older operator sets make a matrix of the axes before and from this one on; with the rank itself it has one column.
        return node.Opset >= 13 ? [node.AxisAttribute(-1, rank)]
            : node.Int("axis", 1) == rank ? []
            : [.. Enumerable.Range(0, rank).Skip(node.AxisAttribute(1, rank))];
    }

    private static Tensor Apply(KernelCall call, Action<double[]> inPlace)
    {
        Tensor x = call.Input(0);
        (int[] groups, int[] members) = Indexing.Grouped(x.Shape, AxesOf(call));
        double[] source = Numbers.ToDoubles(x);
        var y = new double[source.Length];
        var values = new double[members.Length];
        foreach (int group in groups)
        {
            for (int i = 0; i < members.Length; i++)
            {
                values[i] = source[group + members[i]];
            }

            inPlace(values);
            for (int i = 0; i < members.Length; i++)
            {
                y[group + members[i]] = values[i];
            }
        }

        return Numbers.FromDoubles(y, x.Element, x.Shape);
    }

    private static void Soften(double[] values, Func<double, double, double> finish)
    {
        double largest = values.Length == 0 ? 0 : values.Max();
        double sum = 0;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] -= largest;
            sum += Math.Exp(values[i]);
        }

        for (int i = 0; i < values.Length; i++)
        {
            values[i] = finish(values[i], sum);
        }
    }

    private static void Harden(double[] values)
    {
        int best = Array.IndexOf(values, values.Length == 0 ? 0 : values.Max());
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = i == best ? 1 : 0;
        }
    }
}
