using Attune.Kernels.Spaces;

namespace Attune.Tuning.Sampling;

/// <summary>
/// Distinct, uniformly distributed valid points of one space. Large spaces are sampled by rejection; small ones, and those whose valid points rejection does not find,
/// are enumerated once. Always ends: a space with fewer valid points than asked for gives those it has. One thread at a time.
/// </summary>
/// <param name="space">The space.</param>
internal sealed class ValidPointSampler(Space space)
{
    private const int EnumeratedAtOnce = 1 << 13;
    private const int EnumerableAtMost = 1 << 20;
    private const int DrawsPerPoint = 256;
    private long[]? all;

    /// <summary>Draws points.</summary>
    /// <param name="count">How many.</param>
    /// <param name="random">Source of randomness.</param>
    /// <param name="taken">Points to leave out; null leaves none out.</param>
    /// <returns>Distinct valid points; fewer than asked for when the space has no more, or when valid points of a space too large to enumerate are rarer than 1 in 256.</returns>
    public List<long> Draw(int count, Random random, Func<long, bool>? taken = null)
    {
        if (all is null && space.Count > EnumeratedAtOnce)
        {
            List<long> drawn = Reject(count, random, taken);
            if (drawn.Count >= count || space.Count > EnumerableAtMost)
            {
                return drawn;
            }
        }

        all ??= [.. Enumerate()];
        long[] free = taken is null ? [.. all] : [.. all.Where(point => !taken(point))];
        int kept = Math.Min(count, free.Length);
        for (int i = 0; i < kept; i++)
        {
            int j = random.Next(i, free.Length);
            (free[i], free[j]) = (free[j], free[i]);
        }

        return [.. free.Take(kept)];
    }

    private List<long> Reject(int count, Random random, Func<long, bool>? taken)
    {
        var drawn = new List<long>(count);
        var seen = new HashSet<long>();
        long draws = ((long)DrawsPerPoint * count) + EnumeratedAtOnce;
        for (long draw = 0; draw < draws && drawn.Count < count; draw++)
        {
            long point = random.NextInt64(space.Count);
            if (space.IsValid(point) && taken?.Invoke(point) != true && seen.Add(point))
            {
                drawn.Add(point);
            }
        }

        return drawn;
    }

    private IEnumerable<long> Enumerate()
    {
        for (long point = 0; point < space.Count; point++)
        {
            if (space.IsValid(point))
            {
                yield return point;
            }
        }
    }
}
