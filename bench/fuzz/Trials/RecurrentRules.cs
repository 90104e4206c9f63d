using Attune.Kernels;
using Attune.Reference;

namespace Attune.Bench.Fuzz.Trials;

/// <summary>
/// Errors of recurrent layers, followed from step to step. Derivatives of the functions and the gates themselves count as what they are at most, one (a quarter
/// for sigmoids); errors of different units are taken as independent.
/// </summary>
internal sealed class RecurrentRules
{
    private const double FunctionRoundings = 4 * ScaleRules.Rounding;

    private readonly Node node;
    private readonly ScaledTensor?[] operands;
    private readonly int gates;
    private readonly int directions;
    private readonly int hidden;
    private readonly bool batchFirst;
    private readonly float[] states;
    private readonly double largest;

    private RecurrentRules(Node node, ScaledTensor?[] operands, bool bilinear)
    {
        this.node = node;
        this.operands = operands;
        gates = Gates(node);
        directions = node.Attributes.Text("direction", "forward") == "bidirectional" ? 2 : 1;
        hidden = operands[2]!.Value.Shape[2];
        batchFirst = node.Attributes.Int("layout", 0) != 0;
        string[] all = ["states"];
        states = ReferenceKernels.Default.Run(node with { Outputs = [.. all] }, [.. operands.Select(operand => operand?.Value)])[0].Elements<float>();
        largest = bilinear ? Largest(operands[0]!.Value) * Largest(operands[1]!.Value) * Shape[2] : 0;
    }

    private Shape Shape => operands[0]!.Value.Shape;

    private int Steps => Shape[batchFirst ? 1 : 0];

    private int Batch => Shape[batchFirst ? 0 : 1];

    /// <summary>True for the operators that have these rules.</summary>
    public static bool Know(Node node) => Gates(node) > 0;

    /// <summary>Scales of a layer's results.</summary>
    /// <param name="node">The layer.</param>
    /// <param name="operands">What it reads.</param>
    /// <param name="results">What it gives.</param>
    /// <param name="bilinear">Products may be computed by algorithms whose errors have the size of the largest operands.</param>
    public static float[]?[] Of(Node node, ScaledTensor?[] operands, Tensor[] results, bool bilinear)
    {
        var rules = new RecurrentRules(node, operands, bilinear);
        float[][] scales = [.. results.Select(result => new float[result.Count])];
        for (int direction = 0; direction < rules.directions; direction++)
        {
            for (int row = 0; row < rules.Batch; row++)
            {
                rules.Follow(direction, row, scales);
            }
        }

        return scales;
    }

    private static int Gates(Node node) => node.Operator switch
    {
        "RNN" => 1,
        "GRU" => 3,
        "LSTM" => 4,
        _ => 0,
    };

    private static double Largest(Tensor tensor) => tensor.Elements<float>().Select(Math.Abs).Where(float.IsFinite).DefaultIfEmpty().Max();

    private void Follow(int direction, int row, float[][] scales)
    {
        int length = operands.Length > 4 && operands[4] is { } lengths ? lengths.Value.Elements<int>()[row] : Steps;
        bool back = direction == 1 || node.Attributes.Text("direction", "forward") == "reverse";
        double[] h = Start(5, direction, row, scale: true);
        double[] value = Start(5, direction, row, scale: false);
        double[] c = Start(6, direction, row, scale: true);
        double cell = Start(6, direction, row, scale: false).Select(Math.Abs).DefaultIfEmpty().Max();
        for (int step = 0; step < length; step++)
        {
            int time = back ? length - 1 - step : step;
            cell++;
            (h, c) = Step(direction, row, time, h, value, c, cell);
            int at = StateAt(time, direction, row);
            value = [.. states.Skip(at).Take(hidden).Select(number => (double)number)];
            for (int i = 0; i < hidden; i++)
            {
                scales[0][at + i] = (float)h[i];
            }
        }

        int last = (batchFirst ? (row * directions) + direction : (direction * Batch) + row) * hidden;
        foreach ((float[] given, double[] own) in scales.Skip(1).Zip([h, c]))
        {
            for (int i = 0; i < hidden; i++)
            {
                given[last + i] = (float)own[i];
            }
        }
    }

    private (double[] H, double[] C) Step(int direction, int row, int time, double[] h, double[] value, double[] c, double cell)
    {
        var next = new double[hidden];
        var memory = new double[hidden];
        double[] reset = [.. Enumerable.Range(0, gates == 3 ? hidden : 0).Select(i => Gate(1, i, h, value))];
        for (int i = 0; i < hidden; i++)
        {
            switch (gates)
            {
                case 1:
                    (double sum, _) = Sum(direction, row, time, 0, i, h, value);
                    next[i] = sum + FunctionRoundings;
                    break;
                case 3:
                    double update = Gate(0, i, h, value);

                    // Whether the reset scales the state or its product, an error of it counts by the other's size.
                    double[] scaled = [.. h.Select((error, k) => ScaleRules.Root(error, Math.Abs(value[k]) * reset[k]))];
                    (double candidate, double size) = Sum(direction, row, time, 2, i, scaled, value);
                    double moved = ScaleRules.Root(candidate, reset[i] * size, FunctionRoundings);
                    next[i] = ScaleRules.Root(h[i], moved, update * (1 + Math.Abs(value[i])));
                    break;
                default:
                    double peep = operands.Length > 7 && operands[7] is { } peepholes ? Largest(peepholes.Value) * c[i] : 0;
                    double input = Gate(0, i, h, value) + peep;
                    double forget = (Gate(2, i, h, value) + peep) * cell;
                    double proposed = Sum(direction, row, time, 3, i, h, value).Scale + FunctionRoundings;
                    memory[i] = ScaleRules.Root(ScaleRules.Root(c[i], input, forget), proposed, ScaleRules.Rounding * cell);
                    next[i] = ScaleRules.Root(memory[i], Gate(1, i, h, value) + peep, FunctionRoundings);
                    break;
            }
        }

        return (next, memory);

        double Gate(int gate, int i, double[] errors, double[] values) =>
            (Sum(direction, row, time, gate, i, errors, values).Scale / 4) + FunctionRoundings;
    }

    /// <summary>Error of the sum of one gate of one unit, and the sum of the magnitudes of its terms with the state.</summary>
    private (double Scale, double Size) Sum(int direction, int row, int time, int gate, int unit, double[] h, double[] value)
    {
        int features = Shape[2];
        int line = (((direction * gates) + gate) * hidden) + unit;
        float[] x = operands[0]!.Value.Elements<float>();
        float[] xScale = operands[0]!.Scales.Elements<float>();
        float[] w = operands[1]!.Value.Elements<float>();
        float[] r = operands[2]!.Value.Elements<float>();
        int first = (batchFirst ? (row * Steps) + time : (time * Batch) + row) * features;
        double variance = 0;
        double magnitude = 0;
        for (int k = 0; k < features; k++)
        {
            double weight = w[(line * features) + k];
            variance += Math.Pow(weight * xScale[first + k], 2);
            magnitude += Math.Abs(weight * x[first + k]);
        }

        double size = 0;
        for (int k = 0; k < hidden; k++)
        {
            double weight = r[(line * hidden) + k];
            variance += Math.Pow(weight * h[k], 2);
            size += Math.Abs(weight * value[k]);
        }

        if (operands.Length > 3 && operands[3] is { } bias)
        {
            float[] b = bias.Value.Elements<float>();
            int at = (((2 * direction * gates) + gate) * hidden) + unit;
            magnitude += Math.Abs((double)b[at]);
            size += Math.Abs((double)b[at + (gates * hidden)]);
        }

        magnitude = Math.Max(magnitude, largest) + size;
        return (ScaleRules.Root(Math.Sqrt(variance), ScaleRules.Rounding * Math.Sqrt(features + hidden) * magnitude), size);
    }

    private double[] Start(int input, int direction, int row, bool scale)
    {
        if (operands.Length <= input || operands[input] is not { } given)
        {
            return new double[hidden];
        }

        int at = (batchFirst ? (row * directions) + direction : (direction * Batch) + row) * hidden;
        float[] numbers = (scale ? given.Scales : given.Value).Elements<float>();
        return [.. numbers.Skip(at).Take(hidden).Select(number => (double)number)];
    }

    private int StateAt(int time, int direction, int row) => batchFirst
        ? ((((row * Steps) + time) * directions) + direction) * hidden
        : ((((time * directions) + direction) * Batch) + row) * hidden;
}
