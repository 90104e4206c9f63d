using Attune.Kernels.Spaces;
using Attune.Learning;
using Attune.Tuning.Sampling;
using Attune.Tuning.Search;

namespace Attune.Tuning.Auto;

/// <summary>
/// The points that a step of <c>auto</c> looks at, measured ones included: all valid points of a small space, once and for all; of a larger one those near the
/// best points (one-knob moves first) and some from everywhere, anew every step.
/// </summary>
internal sealed class AutoPool(AutoOptions options)
{
    private const int CountedUpTo = 1 << 17;
    private readonly Dictionary<long, int> rows = [];
    private readonly List<long> points = [];
    private bool decided;

    /// <summary>Features of the points, row by row.</summary>
    public FeatureTable Features { get; private set; } = new(0);

    /// <summary>The points.</summary>
    public IReadOnlyList<long> Points => points;

    /// <summary>True when the pool holds all valid points and never changes.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Row of a point, or -1.</summary>
    public int RowOf(long point) => rows.TryGetValue(point, out int row) ? row : -1;

    /// <summary>Makes the pool of the next step. True when rows changed their meaning.</summary>
    public bool Update(SearchMemory memory)
    {
        if (!decided)
        {
            decided = true;
            IsWhole = TryWhole(memory);
            if (IsWhole)
            {
                return true;
            }
        }

        if (IsWhole)
        {
            return false;
        }

        Start(memory);
        foreach (Observation observation in memory.Timed)
        {
            Add(memory, observation.Index);
        }

        foreach (long point in memory.PendingPoints)
        {
            Add(memory, point);
        }

        int nearby = (int)(options.Candidates * (1 - options.GlobalShare));
        long[] centres = [.. memory.Timed.OrderBy(observation => observation.TimeMs).Take(options.Centres).Select(observation => observation.Index)];
        foreach (long centre in centres)
        {
            AddNear(memory, centre, Math.Max(1, nearby / centres.Length));
        }

        foreach (long point in memory.Sampler.Draw(Math.Max(16, options.Candidates - nearby), memory.Random, memory.IsKnown))
        {
            Add(memory, point);
        }

        return true;
    }

    private bool TryWhole(SearchMemory memory)
    {
        if (memory.Space.Listed is null && memory.Space.Count > CountedUpTo)
        {
            return false;
        }

        Start(memory);
        foreach (long point in ValidPoints(memory.Space))
        {
            if (points.Count == options.WholeSpace)
            {
                return false;
            }

            Add(memory, point);
        }

        return true;
    }

    private static IEnumerable<long> ValidPoints(Space space)
    {
        if (space.Listed is { } listed)
        {
            foreach (long point in listed)
            {
                yield return point;
            }

            yield break;
        }

        for (long point = 0; point < space.Count; point++)
        {
            if (space.IsValid(point))
            {
                yield return point;
            }
        }
    }

    private void Start(SearchMemory memory)
    {
        rows.Clear();
        points.Clear();
        Features = new FeatureTable(memory.TimedFeatures!.Columns, options.Candidates);
    }

    private void AddNear(SearchMemory memory, long centre, int limit)
    {
        int target = points.Count + limit;
        IEnumerable<long> moves = KnobMoves.From(memory.Space, centre, options.Radius).Where(point => !memory.IsKnown(point));
        foreach (long point in moves.Concat(NearbyPoints.Around(memory.Space, centre, options.Radius, limit, memory.Random, memory.IsKnown)))
        {
            if (points.Count == target)
            {
                break;
            }

            Add(memory, point);
        }
    }

    private void Add(SearchMemory memory, long point)
    {
        if (rows.TryAdd(point, points.Count))
        {
            points.Add(point);
            Features.Add(memory.FeaturesOf(point));
        }
    }
}
