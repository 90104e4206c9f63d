using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>Losses of classification networks, which appear in models exported for training.</summary>
internal static class LossKernels
{
    public static void Register(KernelTable table)
    {
        table.Add("NegativeLogLikelihoodLoss", Guard, static call => Loss(call, call.Input(0)));
        table.Add("SoftmaxCrossEntropyLoss", Guard, SoftmaxCrossEntropy, 2);
    }

    private static void Guard(NodeFacts node)
    {
        Guards.Real(node, 0);
        Guards.Index(node, 1);
        Guards.Choice(node, "reduction", "mean", "none", "sum", "mean");
        Shape x = node.Shape(0);
        if (x.Rank < 2 || !node.Shape(1).Dimensions.SequenceEqual(x.Dimensions.RemoveAt(1)))
        {
            throw node.Malformed($"labels {node.Shape(1)} do not fit {x}");
        }

        if (node.Has(2))
        {
            Guards.Same(node, 0, 2);
            if (!node.Shape(2).Equals(Shape.Of(x.Dimensions[1])))
            {
                throw node.Malformed($"weights {node.Shape(2)} do not fit {x.Dimensions[1]} classes");
            }
        }
    }

    private static Tensor[] SoftmaxCrossEntropy(KernelCall call)
    {
        Tensor x = call.Input(0);
        (int[] groups, int[] members) = Indexing.Grouped(x.Shape, [1]);
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
            _ => Numbers.FromDoubles([total / weightSum], element, Shape.Scalar),
        };
    }
}
