using Attune.Kernels;
using Attune.Kernels.Loops;

namespace Attune.Reference.Operators;

/// <summary>Activation functions, with their parameters.</summary>
internal static class ActivationKernels
{
    public static void Register(KernelTable table)
    {
        table.Add("Relu", static node => Guards.Number(node, 0), Relu);
        table.Add("Sigmoid", Real, static call => UnaryKernels.Apply(call.Input(0), SpecialFunctions.Sigmoid));
        table.Add("Softplus", Real, static call => UnaryKernels.Apply(call.Input(0), SpecialFunctions.Softplus));
        table.Add("Softsign", Real, static call => UnaryKernels.Apply(call.Input(0), static v => v / (1 + Math.Abs(v))));
        table.Add("HardSwish", Real, static call => UnaryKernels.Apply(call.Input(0), HardSwish));
        table.Add("Mish", Real, static call => UnaryKernels.Apply(call.Input(0), static v => v * Math.Tanh(SpecialFunctions.Softplus(v))));
        table.Add("Elu", Real, static call => Parametric(call, 1, 0, static (v, a, _) => v >= 0 ? v : a * SpecialFunctions.ExpMinusOne(v)));
        table.Add(
            "Celu", Real, static call => Parametric(call, 1, 0, static (v, a, _) => Math.Max(0, v) + Math.Min(0, a * SpecialFunctions.ExpMinusOne(v / a))));
        table.Add("LeakyRelu", Real, static call => Parametric(call, 0.01f, 0, static (v, a, _) => v >= 0 ? v : a * v));
        table.Add("ThresholdedRelu", Real, static call => Parametric(call, 1, 0, static (v, a, _) => v > a ? v : 0));
        table.Add("HardSigmoid", Real, static call => Parametric(call, 0.2f, 0.5f, HardSigmoid));
        table.Add("Selu", Real, Selu);
        table.Add("Shrink", static node => Guards.Number(node, 0), Shrink);
        table.Add("Gelu", GuardGelu, Gelu);
        table.Add("PRelu", GuardParametric, ParametricRelu);
        table.Add("Clip", GuardClip, Clip);
    }

    /// <summary>max(0, min(1, a x + b)).</summary>
    public static double HardSigmoid(double v, double a, double b) => Math.Clamp((a * v) + b, 0, 1);

    /// <summary>x max(0, min(1, x / 6 + 1/2)).</summary>
    public static double HardSwish(double v) => v * Math.Clamp((v / 6) + 0.5, 0, 1);

    private static void Real(NodeFacts node) => Guards.Real(node, 0);

    private static Tensor Relu(KernelCall call)
    {
        Tensor x = call.Input(0);
        return Numbers.IsFloat(x.Element)
            ? UnaryKernels.Apply(x, static v => v < 0 ? 0 : v)
            : BinaryKernels.Apply<BinaryKernels.Largest>(x, Tensor.Zeros(x.Element, Shape.Scalar));
    }

    private static Tensor Parametric(KernelCall call, float alpha, float beta, Func<double, double, double, double> function)
    {
        double a = call.Float("alpha", alpha);
        double b = call.Float("beta", beta);
        return UnaryKernels.Apply(call.Input(0), v => function(v, a, b));
    }

    private static Tensor Selu(KernelCall call)
    {
        // Before operator set 6 the defaults were rounded to four digits.
        double alpha = call.Float("alpha", call.Opset < 6 ? 1.6732f : 1.67326319217681884765625f);
        double gamma = call.Float("gamma", call.Opset < 6 ? 1.0507f : 1.05070102214813232421875f);
        return UnaryKernels.Apply(call.Input(0), v => gamma * (v > 0 ? v : alpha * SpecialFunctions.ExpMinusOne(v)));
    }

    private static Tensor Shrink(KernelCall call)
    {
        double lambda = call.Float("lambd", 0.5f);
        double bias = call.Float("bias", 0);
        double Function(double v) => v < -lambda ? v + bias : v > lambda ? v - bias : 0;
        Tensor x = call.Input(0);
        return Numbers.IsFloat(x.Element)
            ? UnaryKernels.Apply(x, Function)
            : Numbers.FromDoubles(Numbers.Map(Numbers.ToDoubles(x), Function), x.Element, x.Shape);
    }

    private static void GuardGelu(NodeFacts node)
    {
        Guards.Real(node, 0);
        Guards.Choice(node, "approximate", "none", "none", "tanh");
    }

    private static Tensor Gelu(KernelCall call) =>
        UnaryKernels.Apply(call.Input(0), call.Text("approximate", "none") == "tanh" ? SpecialFunctions.GeluTanh : SpecialFunctions.Gelu);

    private static void GuardParametric(NodeFacts node)
    {
        Guards.Number(node, 0);
        Guards.Same(node, 0, 1);
        Shape x = node.Shape(0);
        // Before broadcasting existed, a vector of slopes meant one for each channel.
        bool perChannel = node.Opset < 7 && node.Shape(1).Rank == 1 && x.Rank > 1 && x.Dimensions[1] == node.Shape(1).Dimensions[0];
        if (!perChannel)
        {
            Guards.Stretches(node, 1, x);
        }
    }

    private static Tensor ParametricRelu(KernelCall call)
    {
        Tensor x = call.Input(0);
        Tensor slope = call.Input(1);
        if (call.Opset < 7 && slope.Shape.Rank == 1 && slope.Count > 1)
        {
            slope = slope.Reshape(new Shape([slope.Count, .. Enumerable.Repeat(1L, Math.Max(0, x.Shape.Rank - 2))]));
        }

        return BinaryKernels.Apply<BinaryKernels.Slope>(x, Indexing.Expand(slope, x.Shape));
    }

    private static void GuardClip(NodeFacts node)
    {
        Guards.Number(node, 0);
        foreach (int bound in new[] { 1, 2 }.Where(bound => node.Opset >= 11 && node.Has(bound)))
        {
            Guards.Same(node, 0, bound);
            Guards.One(node, bound);
        }
    }

    private static Tensor Clip(KernelCall call)
    {
        Tensor x = call.Input(0);
        Tensor? low = call.Optional(1);
        Tensor? high = call.Optional(2);
        if (call.Opset < 11)
        {
            low = Numbers.Convert(Tensor.Scalar(call.Float("min", float.MinValue)), x.Element);
            high = Numbers.Convert(Tensor.Scalar(call.Float("max", float.MaxValue)), x.Element);
        }

        // The lower bound goes first: where the bounds cross, everything becomes the upper one.
        Tensor raised = low is null ? x : BinaryKernels.Apply<BinaryKernels.Largest>(x, low.Reshape(Shape.Scalar));
        return high is null ? raised : BinaryKernels.Apply<BinaryKernels.Smallest>(raised, high.Reshape(Shape.Scalar));
    }
}
