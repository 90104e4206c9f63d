namespace Attune.Learning.Policy;

/// <summary>
/// The two networks of CHAMELEON's agent. Policy: two hidden layers with tanh, then for every knob two layers of three units with tanh, a division by the temperature and
/// three soft-maxed outputs: step down, stay, step up. Value: three hidden layers with tanh and one output. All parameters lie in one array. One thread at a time.
/// </summary>
internal sealed class ActorCritic
{
    /// <summary>Moves per knob: down, stay, up.</summary>
    public const int Moves = 3;

    private readonly DenseLayer[] policy;
    private readonly DenseLayer[] value;
    private readonly double[][] policySlopes;
    private readonly double[][] valueSlopes;
    private readonly double sharpness;

    public ActorCritic(int knobs, PolicyOptions options, Random random)
    {
        Knobs = knobs;
        sharpness = 1 / options.Temperature;
        int end = 0;
        int hidden = options.Hidden;
        policy = [Layer(1, knobs, hidden, true), Layer(1, hidden, hidden, true), Layer(1, hidden, Moves * knobs, true), Layer(knobs, Moves, Moves, true), Layer(knobs, Moves, Moves, false)];
        value = [Layer(1, knobs, hidden, true), Layer(1, hidden, hidden, true), Layer(1, hidden, hidden, true), Layer(1, hidden, 1, false)];
        Parameters = new double[end];
        foreach (DenseLayer layer in policy.Concat(value))
        {
            layer.Initialise(Parameters, random);
        }

        policySlopes = [.. policy.Select(layer => new double[layer.Outputs])];
        valueSlopes = [.. value.Select(layer => new double[layer.Outputs])];

        DenseLayer Layer(int groups, int inputs, int outputs, bool squashes)
        {
            var layer = new DenseLayer(end, groups, inputs, outputs, squashes);
            end = layer.End;
            return layer;
        }
    }

    public int Knobs { get; }

    public double[] Parameters { get; }

    /// <summary>Room for the activations of one state.</summary>
    public Activations NewActivations() => new([.. policy.Select(layer => new double[layer.Outputs])], [.. value.Select(layer => new double[layer.Outputs])]);

    /// <summary>Probabilities of the moves, knob after knob, in the last policy array.</summary>
    public ReadOnlySpan<double> Act(ReadOnlySpan<double> state, Activations room)
    {
        Run(policy, state, room.Policy, sharpness);
        Span<double> moves = room.Policy[^1];
        for (int knob = 0; knob < Knobs; knob++)
        {
            SoftMax(moves.Slice(knob * Moves, Moves));
        }

        return moves;
    }

    /// <summary>The value of a state.</summary>
    public double Value(ReadOnlySpan<double> state, Activations room)
    {
        Run(value, state, room.Value, 1);
        return room.Value[^1][0];
    }

    /// <summary>Adds gradients of the parameters, given those of the soft-max inputs and of the value; the activations are those of this state.</summary>
    public void Backward(ReadOnlySpan<double> state, Activations room, ReadOnlySpan<double> moveSlopes, double valueSlope, Span<double> gradients)
    {
        moveSlopes.CopyTo(policySlopes[^1]);
        CarryBack(policy, state, room.Policy, policySlopes, gradients, sharpness);
        valueSlopes[^1][0] = valueSlope;
        CarryBack(value, state, room.Value, valueSlopes, gradients, 1);
    }

    private static void SoftMax(Span<double> outputs)
    {
        double largest = Math.Max(outputs[0], Math.Max(outputs[1], outputs[2]));
        double sum = 0;
        foreach (ref double output in outputs)
        {
            output = Math.Exp(output - largest);
            sum += output;
        }

        foreach (ref double output in outputs)
        {
            output /= sum;
        }
    }

    private void Run(DenseLayer[] layers, ReadOnlySpan<double> state, double[][] outputs, double lastScale)
    {
        for (int i = 0; i < layers.Length; i++)
        {
            layers[i].Forward(Parameters, i == 0 ? state : outputs[i - 1], outputs[i], i == layers.Length - 1 ? lastScale : 1);
        }
    }

    private void CarryBack(DenseLayer[] layers, ReadOnlySpan<double> state, double[][] outputs, double[][] slopes, Span<double> gradients, double lastScale)
    {
        for (int i = layers.Length - 1; i >= 0; i--)
        {
            layers[i].Backward(Parameters, gradients, i == 0 ? state : outputs[i - 1], outputs[i], slopes[i], i == 0 ? [] : slopes[i - 1], i == layers.Length - 1 ? lastScale : 1);
        }
    }

    /// <summary>Outputs of every layer for one state.</summary>
    internal sealed record Activations(double[][] Policy, double[][] Value);
}
