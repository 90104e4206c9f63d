using System.Collections.Immutable;

namespace Attune.Kernels.Loops;

/// <summary>
/// What lanes of a group load and store at once besides single numbers: four neighbours, 16 bytes, the most that GPUs move with one instruction.
/// </summary>
internal static class Four
{
    /// <summary>Numbers.</summary>
    public const int Width = 4;

    /// <summary>True when a distance keeps what is aligned to four aligned.</summary>
    /// <param name="distance">Elements.</param>
    public static bool Divides(long distance) => distance % Width == 0;

    /// <summary>True when all distances do.</summary>
    /// <param name="distances">Elements.</param>
    public static bool Divides(params ReadOnlySpan<long> distances)
    {
        foreach (long distance in distances)
        {
            if (!Divides(distance))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The subscripts of four elements that follow each other.</summary>
    /// <param name="first">Those of the first one.</param>
    public static ImmutableArray<Index>[] From(ImmutableArray<Index> first) =>
        [.. Enumerable.Range(0, Width).Select(number => first.SetItem(first.Length - 1, first[^1] + number))];
}
