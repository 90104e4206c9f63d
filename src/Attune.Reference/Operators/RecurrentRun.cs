using Attune.Kernels;
using Attune.Kernels.Loops;

namespace Attune.Reference.Operators;

/// <summary>Parameters common to the recurrent operators, and the walk over directions, batches and time.</summary>
internal sealed class RecurrentRun
{
    private readonly KernelCall call;

    private RecurrentRun(KernelCall call, int gates, string[] activations)
    {
        this.call = call;
        Gates = gates;
        ActivationsPerDirection = activations.Length;
        Directions = call.Text("direction", "forward") == "bidirectional" ? 2 : 1;
        Tensor weights = call.Input(1);
        Tensor recurrent = call.Input(2);
        Hidden = recurrent.Shape[2];
        Tensor? bias = call.Optional(3);
        Tensor? peepholes = call.Node.Operator == "LSTM" ? call.Optional(7) : null;
        Weights = Numbers.ToDoubles(weights);
        Recurrent = Numbers.ToDoubles(recurrent);
        Bias = bias is null ? null : Numbers.ToDoubles(bias);
        Peepholes = peepholes is null ? null : Numbers.ToDoubles(peepholes);
        Clip = call.Float("clip", 0);
        LinearBeforeReset = call.Flag("linear_before_reset");
        InputForget = call.Flag("input_forget");
        string[] names = call.Attributes.Texts("activations")?.ToArray() ?? [.. Enumerable.Repeat(activations, Directions).SelectMany(static list => list)];
        Activations = RecurrentActivations.Of(names, call.Attributes.Floats("activation_alpha") ?? [], call.Attributes.Floats("activation_beta") ?? []);
    }

    public int Gates { get; }

    public int Hidden { get; }

    public int Directions { get; }

    public int ActivationsPerDirection { get; }

    public double[] Weights { get; }

    public double[] Recurrent { get; }

    public double[]? Bias { get; }

    public double[]? Peepholes { get; }

    public double Clip { get; }

    public bool LinearBeforeReset { get; }

    public bool InputForget { get; }

    public Func<double, double>[] Activations { get; }

    /// <summary>Conditions on a recurrent operator with so many gates and activation functions for each direction.</summary>
    public static void Guard(NodeFacts node, int gates, int functions)
    {
        for (int input = 0; input < 3; input++)
        {
            Guards.Real(node, input);
        }

        Guards.NotText(node, 3, 5, 6, 7);
        string direction = Guards.Choice(node, "direction", "forward", "forward", "reverse", "bidirectional");
        long directions = direction == "bidirectional" ? 2 : 1;
        Shape x = node.Shape(0);
        Shape weights = node.Shape(1);
        Shape recurrent = node.Shape(2);
        long hidden = recurrent.Rank == 3 ? recurrent.Dimensions[2] : 0;
        bool batchFirst = node.Flag("layout");
        bool lstm = node.Node.Operator == "LSTM";
        if (hidden == 0 || x.Rank != 3 || !recurrent.Equals(Shape.Of(directions, gates * hidden, hidden)) || !weights.Equals(
            Shape.Of(directions, gates * hidden, x.Dimensions[2]))
            || (node.Has(3) && node.Shape(3).Count != directions * 2 * gates * hidden)
            || (lstm && node.Has(7) && node.Shape(7).Count != directions * 3 * hidden))
        {
            throw node.Malformed($"the sequence {x}, weights {weights}, recurrent weights {recurrent}, bias or peepholes do not fit each other");
        }

        if (node.Int("hidden_size", hidden) != hidden)
        {
            throw node.Malformed($"hidden_size {node.Int("hidden_size", hidden)} is not that of the recurrent weights, {hidden}");
        }

        long batch = x.Dimensions[batchFirst ? 0 : 1];
        if (node.Has(4))
        {
            Guards.Index(node, 4);
            if (node.Shape(4).Count != batch)
            {
                throw node.Malformed($"{node.Shape(4)} sequence lengths do not fit a batch of {batch}");
            }

            if (node.Known(4) is { } lengths)
            {
                RequireWithin(node, Numbers.ToLongs(lengths), x.Dimensions[batchFirst ? 1 : 0]);
            }
        }

        foreach (int state in lstm ? new[] { 5, 6 } : [5])
        {
            if (node.Has(state) && !node.Shape(state).Equals(batchFirst ? Shape.Of(batch, directions, hidden) : Shape.Of(directions, batch, hidden)))
            {
                throw node.Malformed($"the initial state {node.Shape(state)} does not fit");
            }
        }

        string[] names = node.Attributes.Texts("activations")?.ToArray() ?? [.. Enumerable.Repeat("Tanh", (int)directions * functions)];
        if (names.Length != directions * functions)
        {
            throw node.Malformed($"{names.Length} activations do not fit");
        }

        if (Array.Find(names, name => !RecurrentActivations.Knows(name)) is string unknown)
        {
            throw node.Unsupported($"activation '{unknown}'");
        }
    }

    /// <summary>Runs the operator: all hidden states, the last hidden state and, for an LSTM, the last cell state.</summary>
    public static Tensor[] Of(KernelCall call, int gates, string[] activations, Action<RecurrentRun, RecurrentCell> step)
    {
        var run = new RecurrentRun(call, gates, activations);
        bool batchFirst = call.Flag("layout");
        Tensor x = call.Input(0);
        Tensor sequence = batchFirst ? Indexing.Transpose(x, [1, 0, 2]) : x;
        int steps = sequence.Shape[0], batch = sequence.Shape[1], features = sequence.Shape[2];
        double[] values = Numbers.ToDoubles(sequence);
        long[] lengths = call.Optional(4) is Tensor given ? Numbers.ToLongs(given) : [.. Enumerable.Repeat((long)steps, batch)];
        double[] startH = run.Start(5, batch, batchFirst);
        double[] startC = call.Node.Operator == "LSTM" ? run.Start(6, batch, batchFirst) : startH;
        var all = new double[steps * run.Directions * batch * run.Hidden];
        var lastH = new double[run.Directions * batch * run.Hidden];
        var lastC = new double[lastH.Length];
        bool alwaysBackward = call.Text("direction", "forward") == "reverse";
        for (int lane = 0; lane < run.Directions * batch; lane++)
        {
            int direction = lane / batch;
            int item = lane % batch;
            var cell = new RecurrentCell(run, direction)
            {
                H = startH.AsSpan(lane * run.Hidden, run.Hidden).ToArray(),
                C = startC.AsSpan(lane * run.Hidden, run.Hidden).ToArray(),
            };
            for (int t = 0; t < lengths[item]; t++)
            {
                int time = alwaysBackward || direction == 1 ? (int)lengths[item] - 1 - t : t;
                cell.X = values.AsSpan(((time * batch) + item) * features, features).ToArray();
                step(run, cell);
                cell.H.CopyTo(all, ((((time * run.Directions) + direction) * batch) + item) * run.Hidden);
            }

            cell.H.CopyTo(lastH, lane * run.Hidden);
            cell.C.CopyTo(lastC, lane * run.Hidden);
        }

        return [
            run.Result(all, Shape.Of(steps, run.Directions, batch, run.Hidden), batchFirst ? [2, 0, 1, 3] : null, x.Element),
            run.Result(lastH, Shape.Of(run.Directions, batch, run.Hidden), batchFirst ? [1, 0, 2] : null, x.Element),
            run.Result(lastC, Shape.Of(run.Directions, batch, run.Hidden), batchFirst ? [1, 0, 2] : null, x.Element)];
    }

    private static void RequireWithin(NodeFacts node, long[] lengths, long steps)
    {
        foreach (long length in lengths)
        {
            if (length < 0 || length > steps)
            {
                throw node.Malformed($"a sequence of {length} steps does not fit into {steps}");
            }
        }
    }

    private Tensor Result(double[] values, Shape shape, int[]? order, DataType element)
    {
        Tensor result = Numbers.FromDoubles(values, element, shape);
        return order is null ? result : Indexing.Transpose(result, order);
    }

    private double[] Start(int input, int batch, bool batchFirst)
    {
        if (call.Optional(input) is not Tensor given)
        {
            return new double[Directions * batch * Hidden];
        }

        return Numbers.ToDoubles(batchFirst ? Indexing.Transpose(given, [1, 0, 2]) : given);
    }
}
