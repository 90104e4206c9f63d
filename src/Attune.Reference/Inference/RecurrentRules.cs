using Attune.Kernels;

namespace Attune.Reference.Inference;

/// <summary>
/// Recurrent layers: the hidden states of all steps, the last hidden state, and of an LSTM the last cell state. With layout 1 the batch is the first axis.
/// </summary>
internal static class RecurrentRules
{
    /// <summary>Every rule of the family.</summary>
    public static IEnumerable<KeyValuePair<string, InferenceRule>> All =>
    [
        new("RNN", context => Layer(context, 1)),
        new("GRU", context => Layer(context, 3)),
        new("LSTM", context => Layer(context, 4)),
        new(FusedOperators.Recurrent, States),
    ];

    private static TensorType[] Layer(InferenceContext context, long gates)
    {
        long[] x = context.Extents(0);
        long[] weights = context.Extents(1);
        long[] recurrent = context.Extents(2);
        context.Require(
            x.Length == 3 && weights.Length == 3 && recurrent.Length == 3,
            $"A sequence, its weights and the recurrent weights have three axes each, not {context.Shape(0)}, {context.Shape(1)} and {context.Shape(2)}.");
        long directions = context.Attributes.Text("direction", "forward") == "bidirectional" ? 2 : 1;
        long hidden = recurrent[2];
        context.Require(
            weights.AsSpan().SequenceEqual([directions, gates * hidden, x[2]]) && recurrent.AsSpan().SequenceEqual([directions, gates * hidden, hidden]),
            $"Weights {context.Shape(1)} and {context.Shape(2)} are not those of {directions} direction{(directions == 1 ? string.Empty : "s")}, {gates} gate"
                + $"{(gates == 1 ? string.Empty : "s")} and {hidden} hidden units on {x[2]} features.");
        foreach (int input in (ReadOnlySpan<int>)[1, 2, 3, 5, 6, 7])
        {
            context.Require(
                !context.Has(input) || context.Element(input) == context.Element(0),
                $"Input {input} must have the sequence's element type {context.Element(0)}, not {(context.Has(input) ? context.Element(input) : default)}.");
        }

        return Results(context, x, directions, hidden, gates == 4);
    }

    // A file may hold what a pass makes, so all that the pass promises is checked.
    private static TensorType[] States(InferenceContext context)
    {
        long[] sums = context.Extents(0);
        long[] recurrent = context.Extents(1);
        string cell = context.Attributes.Text("cell", string.Empty);
        long gates = cell switch
        {
            "RNN" => 1,
            "GRU" => 3,
            "LSTM" => 4,
            _ => throw context.Fail($"The cell '{cell}' is none of RNN, GRU, LSTM."),
        };
        long directions = context.Attributes.Text("direction", "forward") == "bidirectional" ? 2 : 1;
        context.Require(
            sums.Length == 3 && recurrent.Length == 3 && recurrent[0] == directions && recurrent[1] == gates * recurrent[2]
            && sums[2] == directions * recurrent[1],
            $"Sums {context.Shape(0)} and recurrent weights {context.Shape(1)} are not those of {directions} directions of {cell}.");
        TensorType[] results = Results(context, sums, directions, recurrent[2], cell == "LSTM");
        context.Require(context.Element(1) == context.Element(0), "Sums and recurrent weights have different element types.");
        context.Require(
            !context.Has(2) || context.In(2).Equals(new TensorType(context.Element(0), Shape.Of(directions, recurrent[2]))),
            $"The candidate's bias must have shape {directions}x{recurrent[2]}.");
        for (int state = 3; state <= 4; state++)
        {
            context.Require(!context.Has(state) || context.In(state).Equals(results[1]), $"Input {state} must be an initial state of {results[1]}.");
        }

        return results;
    }

    private static TensorType[] Results(InferenceContext context, long[] x, long directions, long hidden, bool hasCells)
    {
        bool batchFirst = context.Attributes.Int("layout", 0) != 0;
        (long steps, long batch) = batchFirst ? (x[1], x[0]) : (x[0], x[1]);
        TensorType all = context.Result(context.Element(0), batchFirst ? [batch, steps, directions, hidden] : [steps, directions, batch, hidden])[0];
        TensorType last = context.Result(context.Element(0), batchFirst ? [batch, directions, hidden] : [directions, batch, hidden])[0];
        return hasCells ? [all, last, last] : [all, last];
    }
}
