namespace Attune.Reference.Operators;

/// <summary>State of one direction for one sequence of a batch, with the products that its equations need.</summary>
internal sealed class RecurrentCell(RecurrentRun run, int direction)
{
    // The gate of a GRU that proposes a new state.
    private const int Candidate = 2;

    /// <summary>Hidden state.</summary>
    public double[] H { get; set; } = [];

    /// <summary>Cell state of an LSTM.</summary>
    public double[] C { get; set; } = [];

    /// <summary>The input of the current step.</summary>
    public double[] X { get; set; } = [];

    /// <summary>Row i of gate's input weights times the input, plus its bias.</summary>
    public double FromInput(int gate, int i)
    {
        int row = (((direction * run.Gates) + gate) * run.Hidden) + i;
        if (run.HasSums)
        {
            return X[row];
        }

        double sum = run.Bias is null ? 0 : run.Bias[BiasRow(gate, i)];
        for (int k = 0; k < X.Length; k++)
        {
            sum += run.Weights[(row * X.Length) + k] * X[k];
        }

        return sum;
    }

    /// <summary>Row i of gate's recurrent weights times a state, plus its bias.</summary>
    public double FromState(int gate, int i, double[] state)
    {
        int row = (((direction * run.Gates) + gate) * run.Hidden) + i;
        double sum = run.Bias is not null ? run.Bias[BiasRow(gate + run.Gates, i)]
            : gate == Candidate && run.CandidateBias is not null ? run.CandidateBias[(direction * run.Hidden) + i]
            : 0;
        for (int k = 0; k < state.Length; k++)
        {
            sum += run.Recurrent[(row * state.Length) + k] * state[k];
        }

        return sum;
    }

    /// <summary>Peephole weight, in the operator's order i, o, f.</summary>
    public double Peephole(int gate, int i) => run.Peepholes is null ? 0 : run.Peepholes[(((direction * 3) + gate) * run.Hidden) + i];

    /// <summary>The n-th activation function of this direction, its argument clipped first where the operator says so.</summary>
    public double Activate(int n, double v) =>
        run.Activations[(direction * run.ActivationsPerDirection) + n](run.Clip > 0 ? Math.Clamp(v, -run.Clip, run.Clip) : v);

    private int BiasRow(int gate, int i) => (((direction * 2 * run.Gates) + gate) * run.Hidden) + i;
}
