using Attune.Kernels;

namespace Attune.Reference.Operators;

/// <summary>LSTM, GRU and the plain recurrent cell, step by step as the operators' equations are written.</summary>
internal static class RecurrentKernels
{
    public static void Register(KernelTable table)
    {
        foreach (string name in (ReadOnlySpan<string>)["RNN", "GRU", "LSTM"])
        {
            RecurrentForm form = FormOf(name);
            table.Add(name, node => RecurrentGuards.Layer(node, form), call => RecurrentRun.Of(call, form), form.HasCells ? 3 : 2);
        }

        table.Add(
            FusedOperators.Recurrent,
            static node => RecurrentGuards.Split(node, FormOf(node)),
            static call => RecurrentRun.Of(call, FormOf(call)),
            static node => FormOf(node).HasCells ? 3 : 2);
    }

    private static RecurrentForm FormOf(NodeFacts node) => FormOf(Guards.Choice(node, "cell", string.Empty, "RNN", "GRU", "LSTM"));

    private static RecurrentForm FormOf(string cell) => cell switch
    {
        "RNN" => new RecurrentForm(1, ["Tanh"], PlainStep),
        "GRU" => new RecurrentForm(3, ["Sigmoid", "Tanh"], GatedStep),
        _ => new RecurrentForm(4, ["Sigmoid", "Tanh", "Tanh"], LongStep),
    };

    /// <summary>h' = f(W x + R h + Wb + Rb).</summary>
    private static void PlainStep(RecurrentRun run, RecurrentCell cell)
    {
        double[] next = new double[run.Hidden];
        for (int i = 0; i < run.Hidden; i++)
        {
            next[i] = cell.Activate(0, cell.FromInput(0, i) + cell.FromState(0, i, cell.H));
        }

        cell.H = next;
    }

    /// <summary>Gates z, r, h: h' = (1 - z) g(...) + z h.</summary>
    private static void GatedStep(RecurrentRun run, RecurrentCell cell)
    {
        var update = new double[run.Hidden];
        var reset = new double[run.Hidden];
        var scaled = new double[run.Hidden];
        var next = new double[run.Hidden];
        for (int i = 0; i < run.Hidden; i++)
        {
            update[i] = cell.Activate(0, cell.FromInput(0, i) + cell.FromState(0, i, cell.H));
            reset[i] = cell.Activate(0, cell.FromInput(1, i) + cell.FromState(1, i, cell.H));
            scaled[i] = reset[i] * cell.H[i];
        }

        for (int i = 0; i < run.Hidden; i++)
        {
            double memory = run.LinearBeforeReset ? reset[i] * cell.FromState(2, i, cell.H) : cell.FromState(2, i, scaled);
            double candidate = cell.Activate(1, cell.FromInput(2, i) + memory);
            next[i] = ((1 - update[i]) * candidate) + (update[i] * cell.H[i]);
        }

        cell.H = next;
    }

    /// <summary>Gates i, o, f, c with peepholes: c' = f c + i g(...), h' = o h(c').</summary>
    private static void LongStep(RecurrentRun run, RecurrentCell cell)
    {
        var next = new double[run.Hidden];
        var memory = new double[run.Hidden];
        for (int i = 0; i < run.Hidden; i++)
        {
            double input = cell.Activate(0, cell.FromInput(0, i) + cell.FromState(0, i, cell.H) + (cell.Peephole(0, i) * cell.C[i]));
            double forget = run.InputForget
                ? 1 - input
                : cell.Activate(0, cell.FromInput(2, i) + cell.FromState(2, i, cell.H) + (cell.Peephole(2, i) * cell.C[i]));
            double candidate = cell.Activate(1, cell.FromInput(3, i) + cell.FromState(3, i, cell.H));
            memory[i] = (forget * cell.C[i]) + (input * candidate);
            double output = cell.Activate(0, cell.FromInput(1, i) + cell.FromState(1, i, cell.H) + (cell.Peephole(1, i) * memory[i]));
            next[i] = output * cell.Activate(2, memory[i]);
        }

        cell.H = next;
        cell.C = memory;
    }
}
