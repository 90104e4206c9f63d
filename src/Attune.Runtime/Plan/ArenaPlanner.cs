namespace Attune.Runtime.Plan;

/// <summary>
/// Places storages in one arena so that those alive at the same time do not overlap: largest first, at the lowest place that is free for its whole life.
/// </summary>
internal static class ArenaPlanner
{
    private const int AlignmentFloats = 16;

    /// <summary>Sets every storage's offset; returns the arena's size in floats.</summary>
    public static long Place(IEnumerable<Storage> roots)
    {
        var placed = new List<Storage>();
        long size = 0;
        foreach (Storage storage in roots.OrderByDescending(s => s.Floats).ThenBy(s => s.Id))
        {
            long offset = 0;
            foreach (Storage other in placed.Where(p => p.FirstStep <= storage.LastStep && storage.FirstStep <= p.LastStep).OrderBy(p => p.Offset))
            {
                if (offset + storage.Floats <= other.Offset)
                {
                    break;
                }

                offset = Math.Max(offset, Align(other.Offset + other.Floats));
            }

            storage.Offset = offset;
            placed.Add(storage);
            size = Math.Max(size, offset + storage.Floats);
        }

        return size;
    }

    private static long Align(long floats) => (floats + AlignmentFloats - 1) / AlignmentFloats * AlignmentFloats;
}
