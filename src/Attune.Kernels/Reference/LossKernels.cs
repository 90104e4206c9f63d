namespace Attune.Kernels.Reference;

/// <summary>Losses of classification networks, which appear in models exported for training.</summary>
internal static class LossKernels
{
    public static void Register(KernelTable table)
    {
        table.Add("NegativeLogLikelihoodLoss", static call => Loss(call, call.Input(0)));
        table.Add("SoftmaxCrossEntropyLoss", SoftmaxCrossEntropy);
    }

    private static Tensor[] SoftmaxCrossEntropy(KernelCall call)
    {
        Tensor x = call.Input(0);
        (int[] groups, int[] members) = Indexing.Grouped(x.Shape, [call.AxisAttribute(1, x.Shape.Rank)]);
        double[] values = (double[])Numbers.ToDoubles(x).Clone();
        foreach (int group in groups)
        {
            double largest = members.Max(member => values[group + member]);
            double log = largest + Math.Log(members.Sum(member => Math.Exp(values[group + member] - largest)));
            foreach (int member in members)
            {
                values[group + member] -= log;
            }
        }

        Tensor logarithms = Tensor.Of(x.Shape, values);
        return [Loss(call, logarithms), Numbers.FromDoubles(values, x.Element, x.Shape)];
    }

    /// <summary>-weight[class] x[n, class, ...], summed or averaged by weight; labels equal to ignore_index count for nothing.</summary>
    private static Tensor Loss(KernelCall call, Tensor x)
    {
        Tensor labels = call.Input(1);
        DataType element = call.Input(0).Element;
        if (x.Shape.Rank < 2 || !labels.Shape.Dimensions.SequenceEqual(x.Shape.Dimensions.RemoveAt(1)))
        {
            throw call.Malformed($"labels {labels.Shape} do not fit {x.Shape}");
        }

        int classes = x.Shape[1];
        int inner = Indexing.Product(x.Shape, 2, x.Shape.Rank);
        double[] values = Numbers.ToDoubles(x);
        double[]? weights = call.Optional(2) is Tensor given ? Numbers.ToDoubles(given) : null;
        long[] classOf = Numbers.ToLongs(labels);
        bool ignores = call.Attributes.Has("ignore_index");
        long ignored = call.Int("ignore_index", 0);
        var losses = new double[classOf.Length];
        double total = 0, weightSum = 0;
        for (int i = 0; i < losses.Length; i++)
        {
            if (ignores && classOf[i] == ignored)
            {
                continue;
            }

            int label = GatherKernels.Index(call, classOf[i], classes);
            double weight = weights?[label] ?? 1;
            losses[i] = -weight * values[(((i / inner * classes) + label) * inner) + (i % inner)];
            total += losses[i];
            weightSum += weight;
        }

        return call.Text("reduction", "mean") switch
        {
            "none" => Numbers.FromDoubles(losses, element, labels.Shape),
            "sum" => Numbers.FromDoubles([total], element, Shape.Scalar),
            "mean" => Numbers.FromDoubles([total / weightSum], element, Shape.Scalar),
            string other => throw call.Malformed($"reduction '{other}' is unknown"),
        };
    }
}
