using Attune.Kernels.Spaces;

namespace Attune.Tuning.Sampling;

/// <summary>
/// Distinct, uniformly distributed valid points of one space; of a union of spaces, each part as often as any other: algorithms with few knobs are not drowned
/// by those with many. Listed spaces draw from their list; spaces with constraints from their lattice, exactly and however rare valid points are; others by
/// rejection. Small ones, and those whose valid points chance does not find, are enumerated once. Always ends: a space with fewer valid points than asked for
/// gives those it has, and <see cref="End"/> says whether that is proven. One thread at a time.
/// </summary>
/// <param name="space">The space.</param>
internal sealed class ValidPointSampler(Space space)
{
    private const int EnumeratedAtOnce = 1 << 13;
    private const int EnumerableAtMost = 1 << 20;
    private const int DrawsPerPoint = 256;
    private long[]? all;
    private SpaceLattice? lattice;
    private bool latticeTried;

    /// <summary>How the last draw ended.</summary>
    public SamplingEnd End { get; private set; }

    /// <summary>Draws points.</summary>
    /// <param name="count">How many.</param>
    /// <param name="random">Source of randomness.</param>
    /// <param name="taken">Points to leave out; null leaves none out.</param>
    /// <returns>Distinct valid points; fewer than asked for when the space has no more, or when chance finds none in a space too large to enumerate.</returns>
    public List<long> Draw(int count, Random random, Func<long, bool>? taken = null)
    {
        End = SamplingEnd.Enough;
        if (!Enumerated(EnumeratedAtOnce))
        {
            List<long> drawn = Reject(count, random, taken);
            if (drawn.Count >= count)
            {
                return drawn;
            }

            if (!Enumerated(EnumerableAtMost))
            {
                End = Lattice?.Count == 0 ? SamplingEnd.Exhausted : SamplingEnd.NotFound;
                return drawn;
            }
        }

        long[] free = taken is null ? [.. all!] : Array.FindAll(all!, point => !taken(point));
        int kept = Math.Min(count, free.Length);
        for (int i = 0; i < kept; i++)
        {
            int j = random.Next(i, free.Length);
            (free[i], free[j]) = (free[j], free[i]);
        }

        End = kept < count ? SamplingEnd.Exhausted : SamplingEnd.Enough;
        return [.. free.Take(kept)];
    }

    /// <summary>One valid point that is not taken, or null; cheaper than drawing several.</summary>
    public long? DrawOne(Random random, Func<long, bool> taken)
    {
        // Lists and enumerations are mostly free while a search is young, so that chance hits at once.
        for (int tries = 0; all is { Length: > 0 } && tries < 16; tries++)
        {
            long point = all[random.Next(all.Length)];
            if (!taken(point))
            {
                return point;
            }
        }

        List<long> drawn = Draw(1, random, taken);
        return drawn.Count == 0 ? null : drawn[0];
    }

    /// <summary>Exact number of valid points; null when that would take enumerating a large product.</summary>
    public long? CountExactly()
    {
        if (Enumerated(EnumeratedAtOnce))
        {
            return all!.Length;
        }

        if (Lattice is { } exact && (!space.HasTest || exact.Count == 0))
        {
            return exact.Count;
        }

        return Enumerated(EnumerableAtMost) ? all!.Length : null;
    }

    /// <summary>Valid points in ascending order, lazily; of lists and small spaces from memory.</summary>
    public IEnumerable<long> InOrder() =>
        Enumerated(EnumeratedAtOnce) ? all! : Lattice is null ? ByTest(space.Count) : Lattice.Enumerate().Where(space.IsValid);

    private SpaceLattice? Lattice
    {
        get
        {
            if (!latticeTried && !space.Constraints.IsEmpty && space.Listed is null)
            {
                lattice = SpaceLattice.TryBuild(space);
            }

            latticeTried = true;
            return lattice;
        }
    }

    // True once all valid points are in memory; brings them there when no more than the limit have to be looked at.
    private bool Enumerated(int limit)
    {
        if (all is null && space.Listed is { } listed)
        {
            all = [.. listed.Where(space.IsValid)];
        }
        else if (all is null && space.Count <= limit)
        {
            all = [.. ByTest(space.Count)];
        }
        else if (all is null && Lattice is { } exact && exact.Count <= limit)
        {
            all = [.. exact.Enumerate().Where(space.IsValid).Order()];
        }

        return all is not null;
    }

    private List<long> Reject(int count, Random random, Func<long, bool>? taken)
    {
        var drawn = new List<long>(count);
        var seen = new HashSet<long>();
        SpaceLattice? exact = Lattice;
        long draws = exact?.Count == 0 ? 0 : ((long)DrawsPerPoint * count) + EnumeratedAtOnce;
        for (long draw = 0; draw < draws && drawn.Count < count; draw++)
        {
            long point = exact?.Sample(random) ?? AnyPoint(random);
            if ((space.IsValid(point) || (exact is not null && !space.HasTest)) && taken?.Invoke(point) != true && seen.Add(point))
            {
                drawn.Add(point);
            }
        }

        return drawn;
    }

    private long AnyPoint(Random random)
    {
        if (space.Parts.Length < 2)
        {
            return random.NextInt64(space.Count);
        }

        SpacePart part = space.Parts[random.Next(space.Parts.Length)];
        return part.First + random.NextInt64(part.Space.Count);
    }

    private IEnumerable<long> ByTest(long count)
    {
        for (long point = 0; point < count; point++)
        {
            if (space.IsValid(point))
            {
                yield return point;
            }
        }
    }
}
