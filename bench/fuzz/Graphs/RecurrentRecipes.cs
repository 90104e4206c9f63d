using Attune.Kernels;

namespace Attune.Bench.Fuzz.Graphs;

/// <summary>Recurrent layers.</summary>
internal static class RecurrentRecipes
{
    // Each step may make errors larger, so that long sequences would excuse everything.
    private const int MaxSteps = 5;

    /// <summary>An LSTM, GRU or RNN of any direction and layout, mostly one that has a kernel.</summary>
    public static void Recurrent(GraphDraw d)
    {
        bool batchFirst = d.Opset >= 14 && d.Chance(0.3);
        if (Sequence(d, batchFirst) is not { } x)
        {
            return;
        }

        Shape shape = d.ShapeOf(x);
        (int steps, int batch, int features) = batchFirst ? (shape[1], shape[0], shape[2]) : (shape[0], shape[1], shape[2]);
        string cell = d.OneOf("LSTM", "GRU", "RNN");
        int gates = cell == "LSTM" ? 4 : cell == "GRU" ? 3 : 1;
        string direction = d.OneOf("forward", "reverse", "bidirectional");
        int directions = direction == "bidirectional" ? 2 : 1;
        int hidden = d.Channel();
        long rows = directions * gates * hidden;
        if (steps * batch * rows > GraphDraw.MaxElements || steps * batch * rows * (features + hidden) > GraphDraw.MaxProducts)
        {
            return;
        }

        bool biased = d.Chance(0.7);
        bool states = d.Chance(0.4);
        bool peeps = cell == "LSTM" && d.Chance(0.1);
        Shape state = batchFirst ? Shape.Of(batch, directions, hidden) : Shape.Of(directions, batch, hidden);
        string State() => d.Chance(0.5) ? d.Numbers(state) : d.Pick(state.Equals) ?? d.Input([.. state.Dimensions]);
        List<string> operands =
        [
            x, d.Numbers(Shape.Of(directions, gates * hidden, features), features), d.Numbers(Shape.Of(directions, gates * hidden, hidden), hidden),
            biased ? d.Numbers(Shape.Of(directions, 2 * gates * hidden)) : string.Empty,
            d.Chance(0.15) ? d.Constant(Tensor.Of(Shape.Of(batch), Lengths(d, batch, steps))) : string.Empty,
            states ? State() : string.Empty,
        ];
        if (cell == "LSTM")
        {
            operands.Add(states && d.Chance(0.8) ? State() : string.Empty);
            operands.AddRange(peeps ? [d.Numbers(Shape.Of(directions, 3 * hidden))] : []);
        }

        List<(string, object)> attributes = [("direction", direction), ("hidden_size", (long)hidden)];
        attributes.AddRange(batchFirst ? [("layout", 1L)] : []);
        attributes.AddRange(cell == "GRU" && d.Chance(0.5) ? [("linear_before_reset", 1L)] : []);
        attributes.AddRange(d.Chance(0.05) ? [("clip", 0.5f)] : []);
        attributes.AddRange(cell == "RNN" && d.Chance(0.5) ? [("activations", All(d.OneOf("Relu", "Sigmoid", "Softsign"), directions))] : []);
        d.Add(cell, operands.ToArray(), cell == "LSTM" ? 3 : 2, attributes.ToArray());
    }

    private static string[] All(string function, int times) => [.. Enumerable.Repeat(function, times)];

    private static int[] Lengths(GraphDraw d, int batch, int steps)
    {
        bool whole = d.Chance(0.5);
        return [.. Enumerable.Range(0, batch).Select(_ => whole ? steps : d.Between(1, steps))];
    }

    private static string? Sequence(GraphDraw d, bool batchFirst) =>
        d.Pick(shape => shape.Rank == 3 && shape[batchFirst ? 1 : 0] <= MaxSteps && shape[2] <= 48)
            ?? (d.Chance(0.5) ? d.Input(d.Between(1, MaxSteps), d.Between(1, MaxSteps), d.Channel()) : null);
}
