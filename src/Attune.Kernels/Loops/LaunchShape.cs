namespace Attune.Kernels.Loops;

/// <summary>
/// How many groups, of how many lanes, run a program: the extents of its loops that are bound to them, by axis. All ones for a program of a processor.
/// </summary>
/// <param name="GroupsX">Groups along axis 0.</param>
/// <param name="GroupsY">Groups along axis 1.</param>
/// <param name="GroupsZ">Groups along axis 2.</param>
/// <param name="LanesX">Lanes of a group along axis 0.</param>
/// <param name="LanesY">Lanes of a group along axis 1.</param>
/// <param name="LanesZ">Lanes of a group along axis 2.</param>
internal readonly record struct LaunchShape(int GroupsX, int GroupsY, int GroupsZ, int LanesX, int LanesY, int LanesZ)
{
    /// <summary>The shape of a program without groups and lanes.</summary>
    public static LaunchShape One { get; } = new(1, 1, 1, 1, 1, 1);

    /// <summary>Groups.</summary>
    public long Groups => (long)GroupsX * GroupsY * GroupsZ;

    /// <summary>Lanes of a group.</summary>
    public long Lanes => (long)LanesX * LanesY * LanesZ;

    /// <summary>The shape of a program that the <see cref="LoopVerifier"/> accepts.</summary>
    public static LaunchShape Of(LoopProgram program)
    {
        int[] groups = [1, 1, 1];
        int[] lanes = [1, 1, 1];
        var collector = new Collector(groups, lanes);
        collector.Visit(program.Body);
        return new LaunchShape(groups[0], groups[1], groups[2], lanes[0], lanes[1], lanes[2]);
    }

    private sealed class Collector(int[] groups, int[] lanes) : Walker
    {
        protected override void Visit(Loop loop)
        {
            if (loop.Kind is LoopKind.Group or LoopKind.Lane)
            {
                (loop.Kind == LoopKind.Group ? groups : lanes)[loop.Axis] = checked((int)loop.End.Constant);
            }

            base.Visit(loop);
        }
    }
}
