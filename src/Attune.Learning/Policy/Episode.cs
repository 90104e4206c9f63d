using System.Runtime.InteropServices;

namespace Attune.Learning.Policy;

/// <summary>One walk of an agent: the state before every move, the moves of all knobs, the reward of where they led. Reused between walks.</summary>
/// <param name="knobs">Numbers per state, and moves per step.</param>
public sealed class Episode(int knobs)
{
    private readonly List<double> states = [];
    private readonly List<byte> moves = [];
    private readonly List<double> rewards = [];

    /// <summary>Steps so far.</summary>
    public int Length => rewards.Count;

    /// <summary>Forgets all steps.</summary>
    public void Clear()
    {
        states.Clear();
        moves.Clear();
        rewards.Clear();
    }

    /// <summary>Adds a step.</summary>
    /// <param name="state">The state before it.</param>
    /// <param name="move">0 down, 1 stay, 2 up, per knob.</param>
    /// <param name="reward">Reward of the state it led to.</param>
    /// <exception cref="ArgumentException">A length is not the number of knobs.</exception>
    public void Add(ReadOnlySpan<double> state, ReadOnlySpan<byte> move, double reward)
    {
        if (state.Length != knobs || move.Length != knobs)
        {
            throw new ArgumentException($"A step of {state.Length} coordinates and {move.Length} moves does not fit {knobs} knobs.", nameof(state));
        }

        states.AddRange(state);
        moves.AddRange(move);
        rewards.Add(reward);
    }

    internal ReadOnlySpan<double> State(int step) => CollectionsMarshal.AsSpan(states).Slice(step * knobs, knobs);

    internal ReadOnlySpan<byte> Move(int step) => CollectionsMarshal.AsSpan(moves).Slice(step * knobs, knobs);

    internal double Reward(int step) => rewards[step];
}
