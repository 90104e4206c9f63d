using Attune.Kernels;
using Attune.Reference;

namespace Attune.Graph.Conformance.Operators;

/// <summary>One step of an optimiser, from ONNX's preview domain for training. Inputs: rate, step count, then groups of equally many tensors.</summary>
internal static class OptimiserKernels
{
    private const string Domain = "ai.onnx.preview.training.";

    /// <summary>New values of the groups x, then the optimiser's own, from x, gradient and the optimiser's own.</summary>
    private delegate double[] Step(double rate, double count, ReadOnlySpan<double> values);

    public static void Register(KernelTable table)
    {
        table.Add(Domain + "Adagrad", static node => Guard(node, 3), static call => Run(call, 3, Adagrad(call)), static node => ResultsOf(node, 3));
        table.Add(Domain + "Adam", GuardAdam, static call => Run(call, 4, Adam(call)), static node => ResultsOf(node, 4));
        table.Add(Domain + "Momentum", static node => Guard(node, 3), static call => Run(call, 3, Momentum(call)), static node => ResultsOf(node, 3));
    }

    private static Step Adagrad(KernelCall call)
    {
        double decay = call.Float("decay_factor", 0), epsilon = call.Float("epsilon", 1e-6f), norm = call.Float("norm_coefficient", 0);
        return (rate, count, v) =>
        {
            double gradient = (norm * v[0]) + v[1];
            double squares = v[2] + (gradient * gradient);
            return [v[0] - (rate / (1 + (count * decay)) * gradient / (Math.Sqrt(squares) + epsilon)), squares];
        };
    }

    private static void GuardAdam(NodeFacts node)
    {
        if (!node.Attributes.Has("epsilon"))
        {
            // The schema says 1e-6; ONNX's own example for several tensors leaves it out and expects 1e-2. A guess would be wrong for somebody.
            throw node.Unsupported("no epsilon, whose default ONNX contradicts itself about");
        }

        Guard(node, 4);
    }

    private static int ResultsOf(NodeFacts node, int groups) => (node.InputCount - 2) / groups * (groups - 1);

    private static void Guard(NodeFacts node, int groups)
    {
        int tensors = (node.InputCount - 2) / groups;
        if (tensors < 1 || (node.InputCount - 2) % groups != 0)
        {
            throw node.Malformed($"{node.InputCount} inputs do not make {groups} groups");
        }

        for (int input = 0; input < node.InputCount; input++)
        {
            Guards.Number(node, input);
            if (input < 2)
            {
                Guards.One(node, input);
            }
            else if (!node.Shape(input).Equals(node.Shape(2 + ((input - 2) % tensors))))
            {
                throw node.Malformed($"input {input} of shape {node.Shape(input)} does not fit its group");
            }
        }
    }

    private static Step Adam(KernelCall call)
    {
        double alpha = call.Float("alpha", 0.9f), beta = call.Float("beta", 0.999f), epsilon = call.Float("epsilon", 0);
        double norm = call.Float("norm_coefficient", 0), post = call.Float("norm_coefficient_post", 0);
        return (rate, count, v) =>
        {
            double gradient = (norm * v[0]) + v[1];
            double mean = (alpha * v[2]) + ((1 - alpha) * gradient);
            double squares = (beta * v[3]) + ((1 - beta) * gradient * gradient);
            double adjusted = count > 0 ? rate * Math.Sqrt(1 - Math.Pow(beta, count)) / (1 - Math.Pow(alpha, count)) : rate;
            return [(1 - post) * (v[0] - (adjusted * mean / (Math.Sqrt(squares) + epsilon))), mean, squares];
        };
    }

    private static Step Momentum(KernelCall call)
    {
        double alpha = call.Float("alpha", 0), beta = call.Float("beta", 0), norm = call.Float("norm_coefficient", 0);
        bool nesterov = call.Text("mode", "standard") == "nesterov";
        return (rate, count, v) =>
        {
            double gradient = (norm * v[0]) + v[1];
            double momentum = (alpha * v[2]) + ((count > 0 ? beta : 1) * gradient);
            return [v[0] - (rate * (nesterov ? gradient + (alpha * momentum) : momentum)), momentum];
        };
    }

    private static Tensor[] Run(KernelCall call, int groups, Step step)
    {
        int tensors = (call.InputCount - 2) / groups;
        double rate = Numbers.ToDouble(call.Input(0));
        double count = Numbers.ToDouble(call.Input(1));
        var results = new Tensor[tensors * (groups - 1)];
        for (int tensor = 0; tensor < tensors; tensor++)
        {
            Tensor x = call.Input(2 + tensor);
            double[][] group = [.. Enumerable.Range(0, groups).Select(i => Numbers.ToDoubles(call.Input(2 + (i * tensors) + tensor)))];
            var updated = new double[groups - 1][];
            for (int i = 0; i < updated.Length; i++)
            {
                updated[i] = new double[x.Count];
            }

            for (int element = 0; element < x.Count; element++)
            {
                double[] next = step(rate, count, group.Select(values => values[element]).ToArray());
                for (int i = 0; i < updated.Length; i++)
                {
                    updated[i][element] = next[i];
                }
            }

            for (int i = 0; i < updated.Length; i++)
            {
                results[(i * tensors) + tensor] = Numbers.FromDoubles(updated[i], x.Element, x.Shape);
            }
        }

        return results;
    }
}
