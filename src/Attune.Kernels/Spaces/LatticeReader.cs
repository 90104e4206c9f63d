namespace Attune.Kernels.Spaces;

/// <summary>A constraint bound to the knobs of a space: steps its state past every knob, and forgets it once the last knob was read.</summary>
internal sealed class LatticeReader
{
    private readonly Space space;
    private readonly int[] positions;
    private readonly int last;

    public LatticeReader(Space space, SpaceConstraint constraint)
    {
        this.space = space;
        Constraint = constraint;
        positions = new int[space.Knobs.Length];
        Array.Fill(positions, -1);
        for (int i = 0; i < constraint.Knobs.Length; i++)
        {
            int place = space.PositionOf(constraint.Knobs[i]);
            positions[place] = i;
            last = Math.Max(last, place);
        }
    }

    public SpaceConstraint Constraint { get; }

    public bool Reads(int place) => positions[place] >= 0;

    public long Value(int place, int entity) => Constraint.Value(space.Knobs[place], positions[place], entity);

    public bool TryStep(long state, int place, int entity, out long next)
    {
        next = state;
        if (Reads(place))
        {
            if (Constraint.Next(state, positions[place], Value(place, entity)) is not { } moved)
            {
                return false;
            }

            next = moved;
        }

        if (place == last)
        {
            if (!Constraint.Accepts(next))
            {
                return false;
            }

            next = 0;
        }

        return true;
    }
}
