using System.Collections.Immutable;

namespace Attune.Kernels.Spaces;

/// <summary>
/// A condition on several knobs of a space, written as a small machine that reads their entities one by one, so that valid points can be counted and drawn
/// exactly without enumerating the space (<see cref="SpaceLattice"/>). Few different states make it cheap: a product bounded by 1024 has at most as many as
/// there are products.
/// </summary>
public sealed class SpaceConstraint
{
    private readonly Func<Knob, int, int, long> value;
    private readonly Func<long, int, long, long?> combine;
    private readonly Func<long, bool> accepts;

    private SpaceConstraint(
        string name, ImmutableArray<string> knobs, long start, Func<Knob, int, int, long> value, Func<long, int, long, long?> combine, Func<long, bool> accepts)
    {
        Name = name;
        Knobs = knobs;
        Start = start;
        this.value = value;
        this.combine = combine;
        this.accepts = accepts;
    }

    /// <summary>What the condition is called in messages, for example "threads".</summary>
    public string Name { get; }

    /// <summary>Knobs it reads. They are read in the order of the space, whatever their order here.</summary>
    public ImmutableArray<string> Knobs { get; }

    /// <summary>State before the first knob.</summary>
    public long Start { get; }

    /// <summary>A condition from its parts.</summary>
    /// <param name="name">Name for messages.</param>
    /// <param name="knobs">Knobs it reads, each once.</param>
    /// <param name="start">State before the first.</param>
    /// <param name="value">
    /// What matters of an entity: position of the knob in <paramref name="knobs"/> and the entity; entities of equal value are interchangeable.
    /// </param>
    /// <param name="combine">Next state from state, position of the knob in <paramref name="knobs"/> and value; null refuses the point.</param>
    /// <param name="accepts">Whether the last state is good; null accepts all.</param>
    public static SpaceConstraint Machine(
        string name,
        ImmutableArray<string> knobs,
        long start,
        Func<int, ImmutableArray<int>, long> value,
        Func<long, int, long, long?> combine,
        Func<long, bool>? accepts =
            null) => new(name, knobs, start, (knob, position, entity) => value(position, knob.Entities[entity]), combine, accepts ?? (_ => true));

    /// <summary>The product of one number of each knob may not exceed a bound. Numbers must be at least 1.</summary>
    public static SpaceConstraint ProductAtMost(string name, long bound, ImmutableArray<string> knobs, Func<int, ImmutableArray<int>, long> value) =>
        Machine(name, knobs, 1, value, (state, _, factor) => factor <= bound / state ? state * factor : null);

    /// <summary>The sum of one number of each knob may not exceed a bound. Numbers must not be negative.</summary>
    public static SpaceConstraint SumAtMost(string name, long bound, ImmutableArray<string> knobs, Func<int, ImmutableArray<int>, long> value) =>
        Machine(name, knobs, 0, value, (state, _, term) => term <= bound - state ? state + term : null);

    /// <summary>Any test of few knobs at once; keeps all their combinations apart, so the product of their entities should stay below a million.</summary>
    /// <param name="name">Name for messages.</param>
    /// <param name="knobs">The knobs, in the order of the test's argument.</param>
    /// <param name="holds">The test: one entity per knob.</param>
    public static SpaceConstraint Where(string name, ImmutableArray<Knob> knobs, Func<ImmutableArray<ImmutableArray<int>>, bool> holds)
    {
        var strides = new long[knobs.Length];
        long stride = 1;
        for (int i = 0; i < strides.Length; i++)
        {
            strides[i] = stride;
            stride = checked(stride * knobs[i].Count);
        }

        return new SpaceConstraint(
            name,
            [.. knobs.Select(knob => knob.Name)],
            0,
            (_, _, entity) => entity,
            (state, position, entity) => state + (entity * strides[position]),
            state => holds([.. knobs.Select((knob, i) => knob.Entities[(int)(state / strides[i] % knob.Count)])]));
    }

    /// <summary>True when a point meets the condition.</summary>
    public bool Holds(Configuration point)
    {
        int[] vector = point.Space.Decode(point.Index);
        long state = Start;
        foreach (int place in Knobs.Select(point.Space.PositionOf).Order())
        {
            Knob knob = point.Space.Knobs[place];
            int position = Knobs.IndexOf(knob.Name);
            if (Next(state, position, Value(knob, position, vector[place])) is not { } next)
            {
                return false;
            }

            state = next;
        }

        return Accepts(state);
    }

    internal long Value(Knob knob, int position, int entity) => value(knob, position, entity);

    internal long? Next(long state, int position, long read) => combine(state, position, read);

    internal bool Accepts(long state) => accepts(state);
}
