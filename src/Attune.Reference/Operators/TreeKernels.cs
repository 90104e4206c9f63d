using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>Sums over decision trees. Classes and transformations of the sums are other operators, in which the reader writes them.</summary>
internal static class TreeKernels
{
    /// <summary>The operator.</summary>
    public const string Operator = "ai.onnx.ml.TreeEnsembleRegressor";

    public static void Register(KernelTable table) => table.Add(Operator, Guard, Run);

    private static void Guard(NodeFacts node)
    {
        Guards.Number(node, 0);
        Guards.Choice(node, "aggregate_function", "SUM", "SUM", "AVERAGE", "MIN", "MAX");
        if (node.Text("post_transform", "NONE") != "NONE")
        {
            throw node.Unsupported($"post_transform '{node.Text("post_transform", "NONE")}'");
        }

        Forest forest = Forest.Of(node);
        Shape x = node.Shape(0);
        if (x.Rank is not (1 or 2) || forest.MaxFeature >= x.Dimensions[^1])
        {
            throw node.Malformed($"trees that look at feature {forest.MaxFeature} do not fit data of shape {x}");
        }

        if (Forest.Reals(node, "base_values") is { Length: > 0 } offsets && offsets.Length != forest.Targets)
        {
            throw node.Malformed($"{offsets.Length} base_values do not fit {forest.Targets} results");
        }
    }

    private static Tensor Run(KernelCall call)
    {
        var forest = Forest.Of(call);
        Tensor x = call.Input(0);
        double[] values = Numbers.ToDoubles(x);
        double[] offsets = Forest.Reals(call, "base_values");
        string aggregate = call.Text("aggregate_function", "SUM");
        int features = x.Shape[-1];
        int rows = x.Shape.Rank == 1 ? 1 : x.Shape[0];
        double[] result = new double[checked(rows * forest.Targets)];
        double[] sums = new double[forest.Targets];
        for (int row = 0; row < rows; row++)
        {
            Array.Fill(sums, aggregate switch { "MIN" => double.PositiveInfinity, "MAX" => double.NegativeInfinity, _ => 0 });
            foreach ((int target, double weight) in forest.Leaves(values.AsMemory(row * features, features)))
            {
                sums[target] = aggregate switch
                {
                    "MIN" => Math.Min(sums[target], weight),
                    "MAX" => Math.Max(sums[target], weight),
                    _ => sums[target] + weight,
                };
            }

            for (int target = 0; target < sums.Length; target++)
            {
                double sum = aggregate == "AVERAGE" ? sums[target] / forest.Trees : double.IsInfinity(sums[target]) ? 0 : sums[target];
                result[(row * sums.Length) + target] = sum + (offsets.Length > 0 ? offsets[target] : 0);
            }
        }

        return Numbers.FromDoubles(result, DataType.Float32, Shape.Of(rows, forest.Targets));
    }
}
