using Attune.Learning.Networks;

namespace Attune.Learning.Policy;

/// <summary>
/// The two networks of CHAMELEON's agent. Policy: two hidden layers with tanh, then for every knob two layers of three units with tanh, a division by the
/// temperature and three soft-maxed outputs: step down, stay, step up. Value: three hidden layers with tanh and one output. One thread at a time.
/// </summary>
internal sealed class ActorCritic
{
    /// <summary>Moves per knob: down, stay, up.</summary>
    public const int Moves = 3;

    public ActorCritic(int knobs, PolicyOptions options, Random random)
    {
        int hidden = options.Hidden;
        Policy = new DenseNetwork<double>(
            [new(1, knobs, hidden), new(1, hidden, hidden), new(1, hidden, Moves * knobs), new(knobs, Moves, Moves), new(
                knobs, Moves, Moves, 1 / options.Temperature)],
            Activation.Tanh);
        Value = new DenseNetwork<double>([new(1, knobs, hidden), new(1, hidden, hidden), new(1, hidden, hidden), new(1, hidden, 1)], Activation.Tanh);
        InitialWeights.Glorot(Policy, random);
        InitialWeights.Glorot(Value, random);
    }

    /// <summary>From states to the moves' soft-max inputs, knob after knob.</summary>
    public DenseNetwork<double> Policy { get; }

    /// <summary>From states to what they are worth.</summary>
    public DenseNetwork<double> Value { get; }

    /// <summary>Probabilities of the moves, state after state and knob after knob.</summary>
    /// <param name="states">Row-major, as many as probabilities are asked for.</param>
    /// <param name="tape">A tape of the policy.</param>
    /// <param name="probabilities">Filled.</param>
    public void Act(ReadOnlySpan<double> states, NetworkTape<double> tape, Span<double> probabilities)
    {
        Policy.Forward(states, states.Length / Policy.Inputs, tape).CopyTo(probabilities);
        for (int from = 0; from < probabilities.Length; from += Moves)
        {
            SoftMax(probabilities.Slice(from, Moves));
        }
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
}
