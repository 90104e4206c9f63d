using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>Parameters common to the recurrent operators, and the walk over directions, batches and time.</summary>
internal sealed class RecurrentRun
{
    private readonly KernelCall call;

    private RecurrentRun(KernelCall call, RecurrentForm form)
    {
        this.call = call;
        Gates = form.Gates;
        ActivationsPerDirection = form.Activations.Length;
        Directions = call.Text("direction", "forward") == "bidirectional" ? 2 : 1;
        HasSums = call.Node.Operator == FusedOperators.Recurrent;
        Tensor recurrent = call.Input(HasSums ? 1 : 2);
        Hidden = recurrent.Shape[2];
        Recurrent = Numbers.ToDoubles(recurrent);
        if (HasSums)
        {
            CandidateBias = Doubles(2);
        }
        else
        {
            Weights = Numbers.ToDoubles(call.Input(1));
            Bias = Doubles(3);
            Peepholes = form.HasCells ? Doubles(7) : null;
            Clip = call.Float("clip", 0);
            InputForget = call.Flag("input_forget");
        }

        LinearBeforeReset = call.Flag("linear_before_reset");
        string[] names = call.Attributes.Texts("activations")?.ToArray()
            ?? [.. Enumerable.Repeat(form.Activations, Directions).SelectMany(static list => list)];
        Activations = RecurrentActivations.Of(names, call.Attributes.Floats("activation_alpha") ?? [], call.Attributes.Floats("activation_beta") ?? []);
    }

    /// <summary>True when the products of the inputs are there already.</summary>
    public bool HasSums { get; }

    public int Gates { get; }

    public int Hidden { get; }

    public int Directions { get; }

    public int ActivationsPerDirection { get; }

    /// <summary>Weights of the input; empty where its products are there already.</summary>
    public double[] Weights { get; } = [];

    public double[] Recurrent { get; }

    public double[]? Bias { get; }

    /// <summary>What a GRU adds to the candidate's product with the state, where everything else was added to the products of the inputs.</summary>
    public double[]? CandidateBias { get; }

    public double[]? Peepholes { get; }

    public double Clip { get; }

    public bool LinearBeforeReset { get; }

    public bool InputForget { get; }

    public Func<double, double>[] Activations { get; }

    /// <summary>Runs the operator: all hidden states, the last hidden state and, for an LSTM, the last cell state.</summary>
    public static Tensor[] Of(KernelCall call, RecurrentForm form)
    {
        var run = new RecurrentRun(call, form);
        bool batchFirst = call.Flag("layout");
        Tensor x = call.Input(0);
        Tensor sequence = batchFirst ? Indexing.Transpose(x, [1, 0, 2]) : x;
        int steps = sequence.Shape[0], batch = sequence.Shape[1], features = sequence.Shape[2];
        double[] values = Numbers.ToDoubles(sequence);
        long[] lengths = !run.HasSums && call.Optional(4) is Tensor given ? Numbers.ToLongs(given) : [.. Enumerable.Repeat((long)steps, batch)];
        double[] startH = run.Start(run.HasSums ? 3 : 5, batch, batchFirst);
        double[] startC = form.HasCells ? run.Start(run.HasSums ? 4 : 6, batch, batchFirst) : startH;
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
                form.Step(run, cell);
                cell.H.CopyTo(all, ((((time * run.Directions) + direction) * batch) + item) * run.Hidden);
            }

            cell.H.CopyTo(lastH, lane * run.Hidden);
            cell.C.CopyTo(lastC, lane * run.Hidden);
        }

        Tensor[] results =
        [
            Result(all, Shape.Of(steps, run.Directions, batch, run.Hidden), batchFirst ? [2, 0, 1, 3] : null, x.Element),
            Result(lastH, Shape.Of(run.Directions, batch, run.Hidden), batchFirst ? [1, 0, 2] : null, x.Element),
        ];
        return form.HasCells ? [.. results, Result(lastC, Shape.Of(run.Directions, batch, run.Hidden), batchFirst ? [1, 0, 2] : null, x.Element)] : results;
    }

    private static Tensor Result(double[] values, Shape shape, int[]? order, DataType element)
    {
        Tensor result = Numbers.FromDoubles(values, element, shape);
        return order is null ? result : Indexing.Transpose(result, order);
    }

    private double[]? Doubles(int input) => call.Optional(input) is Tensor given ? Numbers.ToDoubles(given) : null;

    private double[] Start(int input, int batch, bool batchFirst)
    {
        if (call.Optional(input) is not Tensor given)
        {
            return new double[Directions * batch * Hidden];
        }

        return Numbers.ToDoubles(batchFirst ? Indexing.Transpose(given, [1, 0, 2]) : given);
    }
}
