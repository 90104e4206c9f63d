namespace Attune.Kernels.Reference;

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
        Hidden = recurrent.Shape.Rank == 3 ? recurrent.Shape[2] : 0;
        Tensor? bias = call.Optional(3);
        Tensor? peepholes = call.Node.Operator == "LSTM" ? call.Optional(7) : null;
        if (Hidden == 0 || recurrent.Count != Directions * gates * Hidden * Hidden || weights.Shape.Rank != 3 || weights.Shape[1] != gates * Hidden
            || (bias is not null && bias.Count != Directions * 2 * gates * Hidden) || (peepholes is not null && peepholes.Count != Directions * 3 * Hidden))
        {
            throw call.Malformed($"weights {weights.Shape}, recurrent weights {recurrent.Shape}, bias or peepholes do not fit each other");
        }

        Weights = Numbers.ToDoubles(weights);
        Recurrent = Numbers.ToDoubles(recurrent);
        Bias = bias is null ? null : Numbers.ToDoubles(bias);
        Peepholes = peepholes is null ? null : Numbers.ToDoubles(peepholes);
        Clip = call.Float("clip", 0);
        LinearBeforeReset = call.Flag("linear_before_reset");
        InputForget = call.Flag("input_forget");
        string[] names = call.Attributes.Texts("activations")?.ToArray() ?? [.. Enumerable.Repeat(activations, Directions).SelectMany(static list => list)];
        if (names.Length != Directions * activations.Length)
        {
            throw call.Malformed($"{names.Length} activations do not fit");
        }

        var alphas = new Queue<float>(call.Attributes.Floats("activation_alpha") ?? []);
        var betas = new Queue<float>(call.Attributes.Floats("activation_beta") ?? []);
        Activations = [.. names.Select(name => Function(name, alphas, betas))];
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

    /// <summary>Runs the operator: all hidden states, the last hidden state and, for an LSTM, the last cell state.</summary>
    public static Tensor[] Of(KernelCall call, int gates, string[] activations, Action<RecurrentRun, RecurrentCell> step)
    {
        var run = new RecurrentRun(call, gates, activations);
        bool batchFirst = call.Flag("layout");
        Tensor x = call.Input(0);
        if (x.Shape.Rank != 3 || x.Shape[2] * gates * run.Hidden * run.Directions != run.Weights.Length)
        {
            throw call.Malformed($"the sequence {x.Shape} does not fit the weights");
        }

        Tensor sequence = batchFirst ? Indexing.Transpose(x, [1, 0, 2]) : x;
        int steps = sequence.Shape[0], batch = sequence.Shape[1], features = sequence.Shape[2];
        double[] values = Numbers.ToDoubles(sequence);
        long[] lengths = call.Optional(4) is Tensor given ? Numbers.ToLongs(given) : [.. Enumerable.Repeat((long)steps, batch)];
        double[] startH = run.Start(5, batch, batchFirst);
        double[] startC = call.Node.Operator == "LSTM" ? run.Start(6, batch, batchFirst) : startH;
        if (lengths.Length != batch || lengths.Any(length => length < 0 || length > steps))
        {
            throw call.Malformed("the sequence lengths do not fit the batch");
        }

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

        if (given.Shape.Rank != 3 || given.Count != Directions * batch * Hidden)
        {
            throw call.Malformed($"the initial state {given.Shape} does not fit");
        }

        return Numbers.ToDoubles(batchFirst ? Indexing.Transpose(given, [1, 0, 2]) : given);
    }

    private Func<double, double> Function(string name, Queue<float> alphas, Queue<float> betas)
    {
        // The parameter lists hold entries only for functions that take parameters.
        double Alpha(double absent) => alphas.TryDequeue(out float v) ? v : absent;
        double Beta(double absent) => betas.TryDequeue(out float v) ? v : absent;
        switch (name.ToUpperInvariant())
        {
            case "SIGMOID":
                return SpecialFunctions.Sigmoid;
            case "TANH":
                return Math.Tanh;
            case "RELU":
                return static v => Math.Max(v, 0);
            case "SOFTSIGN":
                return static v => v / (1 + Math.Abs(v));
            case "SOFTPLUS":
                return SpecialFunctions.Softplus;
            case "HARDSIGMOID":
                double slope = Alpha(0.2), shift = Beta(0.5);
                return v => ActivationKernels.HardSigmoid(v, slope, shift);
            case "LEAKYRELU":
                double leak = Alpha(0.01);
                return v => v < 0 ? leak * v : v;
            case "ELU":
                double scale = Alpha(1);
                return v => v < 0 ? scale * (Math.Exp(v) - 1) : v;
            case "THRESHOLDEDRELU":
                double threshold = Alpha(1);
                return v => v > threshold ? v : 0;
            case "AFFINE":
                double factor = Alpha(1), offset = Beta(0);
                return v => (factor * v) + offset;
            case "SCALEDTANH":
                double height = Alpha(1), width = Beta(1);
                return v => height * Math.Tanh(width * v);
            default:
                throw call.Unsupported($"activation '{name}'");
        }
    }
}
