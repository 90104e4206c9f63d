using Attune.Learning.Networks;
using Attune.Numerics;

namespace Attune.Learning.Policy;

/// <summary>
/// An agent that walks over a grid of knobs, every knob one step down, none or one up at a time, and learns from rewards by proximal policy optimisation
/// (Schulman et al. 2017) with generalised advantages, as CHAMELEON uses it (ICLR 2020). Gradients are written by hand. Deterministic for its seed and the
/// order of calls. One thread at a time.
/// </summary>
public sealed class PolicyAgent
{
    private const double MinSpread = 1e-8;

    // What implementations of policy gradients add to the root of the mean square.
    private const double Epsilon = 1e-5;

    private readonly PolicyOptions options;
    private readonly Random random;
    private readonly int knobs;
    private readonly Adam<double> policyDescent;
    private readonly Adam<double> valueDescent;
    private readonly double[] policyGradient;
    private readonly double[] valueGradient;
    private readonly double[] oneState;
    private NetworkTape<double> policyTape;
    private NetworkTape<double> valueTape;

    /// <summary>Makes an agent that has learnt nothing.</summary>
    /// <param name="knobs">Knobs, at least 1.</param>
    /// <param name="options">Parameters; null takes the defaults.</param>
    /// <param name="seed">Seed of its first parameters, its moves and its choice of transitions.</param>
    /// <exception cref="ArgumentException">A parameter is out of range.</exception>
    public PolicyAgent(int knobs, PolicyOptions? options = null, int seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(knobs, 1);
        this.options = options ?? new PolicyOptions();
        string[] problems = [.. this.options.Problems()];
        if (problems.Length > 0)
        {
            throw new ArgumentException($"{string.Join("; ", problems)}.", nameof(options));
        }

        this.knobs = knobs;
        random = new Random(seed);
        Networks = new ActorCritic(knobs, this.options, random);
        policyGradient = new double[Networks.Policy.Parameters.Length];
        valueGradient = new double[Networks.Value.Parameters.Length];
        policyDescent = new Adam<double>(policyGradient.Length, Epsilon);
        valueDescent = new Adam<double>(valueGradient.Length, Epsilon);
        policyTape = Networks.Policy.NewTape(this.options.Batch);
        valueTape = Networks.Value.NewTape(this.options.Batch);
        oneState = new double[knobs * ActorCritic.Moves];
    }

    internal ActorCritic Networks { get; }

    /// <summary>Draws a move for every knob.</summary>
    /// <param name="state">Position of every knob, scaled to [0, 1).</param>
    /// <param name="moves">Filled with 0 down, 1 stay, 2 up per knob.</param>
    public void Act(ReadOnlySpan<double> state, Span<byte> moves)
    {
        Networks.Act(state, policyTape, oneState);
        for (int knob = 0; knob < moves.Length; knob++)
        {
            double draw = random.NextDouble();
            ReadOnlySpan<double> own = oneState.AsSpan(knob * ActorCritic.Moves, ActorCritic.Moves);
            moves[knob] = (byte)(draw < own[0] ? 0 : draw < own[0] + own[1] ? 1 : 2);
        }
    }

    /// <summary>Learns from a finished walk.</summary>
    public void Learn(Episode episode)
    {
        if (episode.Length == 0)
        {
            return;
        }

        Transition[] transitions = Valued(episode);
        var batch = new Transition[Math.Min(options.Batch, transitions.Length)];
        for (int update = 0; update < options.Updates; update++)
        {
            for (int i = 0; i < batch.Length; i++)
            {
                batch[i] = transitions[batch.Length == transitions.Length ? i : random.Next(transitions.Length)];
            }

            // The policy before each update is its own reference, as in the published code: ratios start at 1.
            double[] reference = Reference(episode, batch);
            Array.Clear(policyGradient);
            Array.Clear(valueGradient);
            Loss(episode, batch, reference, policyGradient, valueGradient);
            policyDescent.Step(Networks.Policy.Parameters, policyGradient, options.LearningRate);
            valueDescent.Step(Networks.Value.Parameters, valueGradient, options.LearningRate);
        }
    }

    /// <summary>Probabilities of the moves taken under the present policy, transition by transition and knob by knob.</summary>
    internal double[] Reference(Episode episode, ReadOnlySpan<Transition> batch)
    {
        double[] probabilities = Probabilities(States(episode, batch));
        var reference = new double[batch.Length * knobs];
        for (int i = 0; i < batch.Length; i++)
        {
            ReadOnlySpan<byte> moves = episode.Move(batch[i].Step);
            for (int knob = 0; knob < knobs; knob++)
            {
                int at = (i * knobs) + knob;
                reference[at] = probabilities[(at * ActorCritic.Moves) + moves[knob]];
            }
        }

        return reference;
    }

    /// <summary>
    /// The loss to minimise, averaged over a batch: squared error of the value, minus clipped advantage and entropy summed over knobs; adds its gradients by
    /// the parameters of both networks.
    /// </summary>
    internal double Loss(Episode episode, ReadOnlySpan<Transition> batch, ReadOnlySpan<double> reference, Span<double> byPolicy, Span<double> byValue)
    {
        double[] states = States(episode, batch);
        double[] probabilities = Probabilities(states);
        var moveSlopes = new double[probabilities.Length];
        double loss = 0;
        double share = 1.0 / batch.Length;
        for (int i = 0; i < batch.Length; i++)
        {
            ReadOnlySpan<byte> moves = episode.Move(batch[i].Step);
            for (int knob = 0; knob < knobs; knob++)
            {
                int at = (i * knobs) + knob;
                int from = at * ActorCritic.Moves;
                loss -= share * MoveGain(
                    probabilities.AsSpan(from, ActorCritic.Moves),
                    moves[knob],
                    reference[at],
                    batch[i].Advantage,
                    share,
                    moveSlopes.AsSpan(from, ActorCritic.Moves));
            }
        }

        Networks.Policy.Backward(policyTape, moveSlopes, byPolicy, []);
        double[] valueSlopes = Networks.Value.Forward(states, batch.Length, valueTape).ToArray();
        for (int i = 0; i < batch.Length; i++)
        {
            double error = valueSlopes[i] - batch[i].Target;
            loss += share * options.ValueWeight * error * error;
            valueSlopes[i] = 2 * share * options.ValueWeight * error;
        }

        Networks.Value.Backward(valueTape, valueSlopes, byValue, []);
        return loss;
    }

    /// <summary>The steps with what they were worth: advantages standardised over the walk.</summary>
    private Transition[] Valued(Episode episode)
    {
        int steps = episode.Length;
        var transitions = new Transition[steps];
        for (int t = 0; t < steps; t++)
        {
            transitions[t] = new Transition(t, 0, 0);
        }

        valueTape = steps > valueTape.Capacity ? Networks.Value.NewTape(steps) : valueTape;
        ReadOnlySpan<double> values = Networks.Value.Forward(States(episode, transitions), steps, valueTape);
        double advantage = 0;
        for (int t = steps - 1; t >= 0; t--)
        {
            double target = episode.Reward(t) + (options.Discount * (t + 1 < steps ? values[t + 1] : 0));
            advantage = target - values[t] + (options.Discount * options.Trace * advantage);
            transitions[t] = new Transition(t, advantage, target);
        }

        double[] advantages = [.. transitions.Select(transition => transition.Advantage)];
        double mean = advantages.Average();
        double spread = Moments.PopulationDeviation(advantages);
        return [.. transitions.Select(transition => transition with { Advantage = (transition.Advantage - mean) / (spread + MinSpread) })];
    }

    private double[] States(Episode episode, ReadOnlySpan<Transition> steps)
    {
        var states = new double[steps.Length * knobs];
        for (int i = 0; i < steps.Length; i++)
        {
            episode.State(steps[i].Step).CopyTo(states.AsSpan(i * knobs));
        }

        return states;
    }

    private double[] Probabilities(double[] states)
    {
        policyTape = states.Length > policyTape.Capacity * knobs ? Networks.Policy.NewTape(states.Length / knobs) : policyTape;
        var probabilities = new double[states.Length * ActorCritic.Moves];
        Networks.Act(states, policyTape, probabilities);
        return probabilities;
    }

    // Clipped advantage and entropy of one knob, and the slope of their negative by the soft-max inputs.
    private double MoveGain(ReadOnlySpan<double> probabilities, int move, double reference, double advantage, double share, Span<double> slopes)
    {
        double ratio = probabilities[move] / Math.Max(reference, double.Epsilon);
        double clipped = Math.Clamp(ratio, 1 - options.Clip, 1 + options.Clip);
        double gain = Math.Min(ratio * advantage, clipped * advantage);
        bool moving = ratio * advantage <= clipped * advantage;
        double entropy = 0;
        foreach (double probability in probabilities)
        {
            entropy -= probability > 0 ? probability * Math.Log(probability) : 0;
        }

        for (int j = 0; j < slopes.Length; j++)
        {
            double surrogate = moving ? ratio * advantage * ((j == move ? 1 : 0) - probabilities[j]) : 0;
            double spreading = probabilities[j] > 0 ? -probabilities[j] * (Math.Log(probabilities[j]) + entropy) : 0;
            slopes[j] = -share * (surrogate + (options.EntropyWeight * spreading));
        }

        return gain + (options.EntropyWeight * entropy);
    }

    /// <summary>A step of an episode with what it was worth.</summary>
    internal readonly record struct Transition(int Step, double Advantage, double Target);
}
