using Attune.Kernels;
using Attune.Kernels.Loops;

namespace Attune.Reference.Operators;

/// <summary>The operators that fusion makes: their parts in sequence, rounded once at the end.</summary>
internal static class FusedKernels
{
    private static readonly string[] Activations =
        ["none", "relu", "clip", "leaky_relu", "sigmoid", "silu", "hard_swish", "hard_sigmoid", "gelu", "gelu_tanh", "tanh"];

    public static void Register(KernelTable table)
    {
        table.Add(FusedOperators.Convolution, GuardConvolution, Convolution);
        table.Add(FusedOperators.Dense, GuardDense, Dense);
    }

    private static void GuardConvolution(NodeFacts node)
    {
        GuardWeights(node);
        Shape x = node.Shape(0);
        (SpatialWindow window, _) = ConvolutionKernels.Geometry(node, x, node.Shape(1), node.Has(2) ? node.Shape(2).Count : null);
        GuardFinish(node, new Shape([x.Dimensions[0], node.Shape(1).Dimensions[0], .. window.OutputDimensions]));
    }

    private static void GuardDense(NodeFacts node)
    {
        GuardWeights(node);
        Shape x = node.Shape(0);
        Shape w = node.Shape(1);
        int inner = node.Flag("transB") ? 1 : 0;
        if (x.Rank < 2 || w.Rank != 2 || x.Dimensions[^1] != w.Dimensions[inner])
        {
            throw node.Malformed($"shapes {x} and {w} do not multiply");
        }

        long columns = w.Dimensions[1 - inner];
        if (node.Has(2) && node.Shape(2).Count != columns)
        {
            throw node.Malformed($"a bias of {node.Shape(2).Count} does not fit {columns} columns");
        }

        GuardFinish(node, new Shape([.. x.Dimensions[..^1], columns]));
    }

    /// <summary>Weights of the data's type, or narrow ones with scales.</summary>
    private static void GuardWeights(NodeFacts node)
    {
        Guards.Real(node, 0);
        if (!node.Has(FusedOperators.Scales))
        {
            Guards.Same(node, 0, 1);
        }

        Guards.NotText(node, 1, 2, 3);
    }

    private static void GuardFinish(NodeFacts node, Shape shape)
    {
        if (node.Has(3) && node.Shape(3).Count != shape.Count)
        {
            throw node.Malformed($"a residual of {node.Shape(3)} does not fit {shape}");
        }

        if (node.Text(FusedOperators.Activation, "none") is string activation && !Activations.Contains(activation))
        {
            throw node.Unsupported($"activation '{activation}'");
        }
    }

    /// <summary>The inputs of a node with weights that are stored narrowly as 32-bit floats; others as they are.</summary>
    public static IReadOnlyList<Tensor?> WithWideWeights(Node node, IReadOnlyList<Tensor?> inputs)
    {
        bool channelsLast = node.Operator == FusedOperators.Dense && node.Attributes.Int("transB", 0) == 0;
        bool scaled = node.Operator is FusedOperators.Dense or FusedOperators.Convolution && inputs.Count > FusedOperators.Scales && inputs[1] is not null;
        return scaled && StoredWeights.Of(inputs[1]!, inputs[FusedOperators.Scales], channelsLast) is { } stored
            ? [inputs[0], Tensor.Of(inputs[1]!.Shape, stored.Widen()), .. inputs.Skip(2)]
            : inputs;
    }

    private static Tensor Convolution(KernelCall call)
    {
        Tensor x = call.Input(0);
        Tensor w = call.Input(1);
        double[]? bias = call.Optional(2) is Tensor b ? Numbers.ToDoubles(b) : null;
        (double[] y, Shape shape) = ConvolutionKernels.Convolve(call, Numbers.ToDoubles(x), x.Shape, Numbers.ToDoubles(w), w.Shape, bias);
        return Finish(call, y, shape, x.Element);
    }

    private static Tensor Dense(KernelCall call)
    {
        Tensor x = call.Input(0);
        Tensor w = call.Input(1);
        bool turned = call.Flag("transB");
        int k = w.Shape[turned ? 1 : 0];
        int n = w.Shape[turned ? 0 : 1];
        int m = Indexing.Product(x.Shape, 0, x.Shape.Rank - 1);
        var y = new double[checked(m * n)];
        MatrixProduct.ColumnSource columns = w.Element == DataType.Float32
            ? MatrixProduct.Strided(w.Elements<float>(), 0, turned ? 1 : n, turned ? k : 1, k)
            : MatrixProduct.Strided(Numbers.ToDoubles(w), 0, turned ? 1 : n, turned ? k : 1, k);
        MatrixProduct.Accumulate(m, n, k, Numbers.ToDoubles(x), columns, y);
        if (call.Optional(2) is Tensor bias)
        {
            double[] added = Numbers.ToDoubles(bias);
            for (int i = 0; i < y.Length; i++)
            {
                y[i] += added[i % n];
            }
        }

        return Finish(call, y, new Shape([.. x.Shape.Dimensions[..^1], n]), x.Element);
    }

    private static Tensor Finish(KernelCall call, double[] y, Shape shape, DataType element)
    {
        if (call.Optional(3) is Tensor residual)
        {
            double[] added = Numbers.ToDoubles(residual);
            for (int i = 0; i < y.Length; i++)
            {
                y[i] += added[i];
            }
        }

        if (Activation(call) is Func<double, double> activation)
        {
            for (int i = 0; i < y.Length; i++)
            {
                y[i] = activation(y[i]);
            }
        }

        return Numbers.FromDoubles(y, element, shape);
    }

    private static Func<double, double>? Activation(KernelCall call)
    {
        switch (call.Text(FusedOperators.Activation, "none"))
        {
            case "none":
                return null;
            case "relu":
                return static v => v < 0 ? 0 : v;
            case "clip":
                double low = call.Float("alpha", float.MinValue);
                double high = call.Float("beta", float.MaxValue);
                return v => Math.Min(Math.Max(v, low), high);
            case "leaky_relu":
                double slope = call.Float("alpha", 0.01f);
                return v => v < 0 ? slope * v : v;
            case "sigmoid":
                return SpecialFunctions.Sigmoid;
            case "silu":
                return static v => v * SpecialFunctions.Sigmoid(v);
            case "hard_swish":
                return ActivationKernels.HardSwish;
            case "hard_sigmoid":
                double alpha = call.Float("alpha", 0.2f);
                double beta = call.Float("beta", 0.5f);
                return v => ActivationKernels.HardSigmoid(v, alpha, beta);
            case "gelu":
                return SpecialFunctions.Gelu;
            case "gelu_tanh":
                return SpecialFunctions.GeluTanh;
            default:
                return Math.Tanh;
        }
    }
}
