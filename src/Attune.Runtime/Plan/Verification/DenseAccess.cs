using Attune.Kernels;

namespace Attune.Runtime.Plan.Verification;

/// <summary>Dense memory visited along axes: the cell at an address holds the element of that number. Cells behind the last element are slack.</summary>
/// <param name="Storage">Where.</param>
/// <param name="Origin">First address.</param>
/// <param name="Extents">Extents, outermost first.</param>
/// <param name="Steps">Distances of addresses along each axis.</param>
internal sealed record DenseAccess(Storage Storage, long Origin, long[] Extents, long[] Steps) : Access(Storage, Storage.Value)
{
    /// <summary>Elements as the kernel counts them; null when it names addresses.</summary>
    public long? Count { get; init; }

    /// <summary>Whole vectors are touched, so that the last one may reach behind the last element.</summary>
    public bool HasSlack { get; init; }

    public override string Layout => $"row by row, from {Origin} on {string.Join('x', Extents)} cells in steps of {string.Join(", ", Steps)}";

    /// <summary>Every element once, in order.</summary>
    /// <param name="storage">Where.</param>
    /// <param name="count">Elements as the kernel counts them.</param>
    /// <param name="slack">Cells behind the last element that are touched.</param>
    public static DenseAccess Whole(Storage storage, long count, long slack = 0) =>
        new(storage, 0, [count + slack], [1]) { Count = count, HasSlack = slack > 0 };

    public override string? Refusal(Shape shape) =>
        !Storage.IsDense ? $"{Storage.Kind} memory is not row by row"
        : Count is { } count && count != shape.Count ? $"the kernel counts {count} elements, but {shape} has {shape.Count}"
        : null;

    public override IEnumerable<CellRun> Runs()
    {
        long elements = Storage.Shape.Count;
        long lines = Extents[..^1].Aggregate(1L, (product, extent) => product * extent);
        long step = Steps[^1];
        for (long line = 0; line < lines; line++)
        {
            long first = Origin;
            long rest = line;
            for (int axis = Extents.Length - 2; axis >= 0; axis--)
            {
                first += rest % Extents[axis] * Steps[axis];
                rest /= Extents[axis];
            }

            // Only ascending lines run past the end; what descends stays where it began.
            int all = checked((int)Extents[^1]);
            int inside = step > 0 && HasSlack ? (int)Math.Clamp((elements - first + step - 1) / step, 0, all) : all;
            yield return new CellRun(first, step, first, step, inside);
            if (inside < all)
            {
                yield return new CellRun(first + (inside * step), step, CellRun.Anything, 0, all - inside);
            }
        }
    }
}
