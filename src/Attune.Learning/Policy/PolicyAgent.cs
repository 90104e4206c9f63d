namespace Attune.Learning.Policy;

/// <summary>
/// An agent that walks over a grid of knobs, every knob one step down, none or one up at a time, and learns from rewards by proximal policy optimisation (Schulman et al.
/// 2017) with generalised advantages, as CHAMELEON uses it (ICLR 2020). Gradients are written by hand. Deterministic for its seed and the order of calls. One thread at a time.
/// </summary>
public sealed class PolicyAgent
{
    private const double LeastSpread = 1e-8;

    private readonly PolicyOptions options;
    private readonly Random random;
    private readonly Adam adam;
    private readonly ActorCritic.Activations room;
    private readonly double[] gradients;
    private readonly double[] moveSlopes;

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

        random = new Random(seed);
        Networks = new ActorCritic(knobs, this.options, random);
        adam = new Adam(Networks.Parameters.Length, this.options.LearningRate);
        room = Networks.NewActivations();
        gradients = new double[Networks.Parameters.Length];
        moveSlopes = new double[knobs * ActorCritic.Moves];
    }

    internal ActorCritic Networks { get; }

    /// <summary>Draws a move for every knob.</summary>
    /// <param name="state">Position of every knob, scaled to [0, 1).</param>
    /// <param name="moves">Filled with 0 down, 1 stay, 2 up per knob.</param>
    public void Act(ReadOnlySpan<double> state, Span<byte> moves)
    {
        ReadOnlySpan<double> probabilities = Networks.Act(state, room);
        for (int knob = 0; knob < moves.Length; knob++)
        {
            double draw = random.NextDouble();
            ReadOnlySpan<double> own = probabilities.Slice(knob * ActorCritic.Moves, ActorCritic.Moves);
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

        int steps = episode.Length;
        var transitions = new Transition[steps];
        double next = 0;
        double advantage = 0;
        for (int t = steps - 1; t >= 0; t--)
        {
            double value = Networks.Value(episode.State(t), room);
            double target = episode.Reward(t) + (options.Discount * next);
            advantage = target - value + (options.Discount * options.Trace * advantage);
            transitions[t] = new Transition(t, advantage, target);
            next = value;
        }

        double mean = transitions.Average(transition => transition.Advantage);
        double spread = Math.Sqrt(transitions.Average(transition => (transition.Advantage - mean) * (transition.Advantage - mean)));
        for (int t = 0; t < steps; t++)
        {
            transitions[t] = transitions[t] with { Advantage = (transitions[t].Advantage - mean) / (spread + LeastSpread) };
        }

        var batch = new Transition[Math.Min(options.Batch, steps)];
        for (int update = 0; update < options.Updates; update++)
        {
            for (int i = 0; i < batch.Length; i++)
            {
                batch[i] = transitions[batch.Length == steps ? i : random.Next(steps)];
            }

            // The policy before each update is its own reference, as in the published code: ratios start at 1.
            double[] reference = Reference(episode, batch);
            Array.Clear(gradients);
            Loss(episode, batch, reference, gradients);
            adam.Step(Networks.Parameters, gradients);
        }
    }

    /// <summary>Probabilities of the moves taken under the present policy, transition by transition and knob by knob.</summary>
    internal double[] Reference(Episode episode, ReadOnlySpan<Transition> batch)
    {
        int knobs = Networks.Knobs;
        var reference = new double[batch.Length * knobs];
        for (int i = 0; i < batch.Length; i++)
        {
            ReadOnlySpan<double> probabilities = Networks.Act(episode.State(batch[i].Step), room);
            ReadOnlySpan<byte> moves = episode.Move(batch[i].Step);
            for (int knob = 0; knob < knobs; knob++)
            {
                reference[(i * knobs) + knob] = probabilities[(knob * ActorCritic.Moves) + moves[knob]];
            }
        }

        return reference;
    }

    /// <summary>
    /// The loss to minimise, averaged over a batch: squared error of the value, minus clipped advantage and entropy summed over knobs; adds its gradient.
    /// </summary>
    internal double Loss(Episode episode, ReadOnlySpan<Transition> batch, ReadOnlySpan<double> reference, Span<double> gradient)
    {
        int knobs = Networks.Knobs;
        double loss = 0;
        double share = 1.0 / batch.Length;
        for (int i = 0; i < batch.Length; i++)
        {
            ReadOnlySpan<double> state = episode.State(batch[i].Step);
            ReadOnlySpan<double> probabilities = Networks.Act(state, room);
            ReadOnlySpan<byte> moves = episode.Move(batch[i].Step);
            for (int knob = 0; knob < knobs; knob++)
            {
                int from = knob * ActorCritic.Moves;
                loss -= share * MoveGain(probabilities.Slice(from, ActorCritic.Moves), moves[knob], reference[(i * knobs) + knob], batch[i].Advantage, share, moveSlopes.AsSpan(from, ActorCritic.Moves));
            }

            double error = Networks.Value(state, room) - batch[i].Target;
            loss += share * options.ValueWeight * error * error;
            Networks.Backward(state, room, moveSlopes, 2 * share * options.ValueWeight * error, gradient);
        }

        return loss;
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
