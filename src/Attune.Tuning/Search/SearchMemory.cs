using Attune.Kernels.Spaces;
using Attune.Learning;
using Attune.Records;
using Attune.Tuning.Sampling;

namespace Attune.Tuning.Search;

/// <summary>
/// What a search knows about its space: which points are taken, what came out of them, their features. Failures are kept as failures, apart from the timed
/// points.
/// </summary>
internal sealed class SearchMemory
{
    private readonly HashSet<long> known = [];
    private readonly HashSet<long> pending = [];
    private readonly List<Observation> timed = [];
    private readonly FeatureCache cache;
    private readonly AlignmentFeatures? alignment;

    /// <summary>Starts with nothing known.</summary>
    /// <param name="space">The space.</param>
    /// <param name="seed">Seed of <see cref="Random"/>.</param>
    /// <param name="aligned">True appends <see cref="AlignmentFeatures"/> to every point's features.</param>
    public SearchMemory(Space space, int seed, bool aligned = false)
    {
        Space = space;
        Random = new Random(seed);
        Sampler = new ValidPointSampler(space);
        alignment = aligned ? new AlignmentFeatures(space) : null;
        cache = new FeatureCache(space, alignment);
    }

    public Space Space { get; }

    /// <summary>The one source of randomness of the search.</summary>
    public Random Random { get; }

    public ValidPointSampler Sampler { get; }

    /// <summary>Timed points in the order they were told.</summary>
    public IReadOnlyList<Observation> Timed => timed;

    /// <summary>Features of <see cref="Timed"/>, row by row.</summary>
    public FeatureTable? TimedFeatures { get; private set; }

    /// <summary>Features of points that failed to build or run; invalid ones are the space's business.</summary>
    public FeatureTable? FailedFeatures { get; private set; }

    /// <summary>Points told so far, timed or not.</summary>
    public int Told { get; private set; }

    public int Pending => pending.Count;

    /// <summary>The fastest correct point, or null.</summary>
    public Observation? Best { get; private set; }

    /// <summary>Points asked and not told yet; the order is the same in equal searches.</summary>
    public IEnumerable<long> PendingPoints => pending;

    public bool IsKnown(long point) => known.Contains(point);

    /// <summary>True when the point was asked for and nothing was told about it yet.</summary>
    public bool IsPending(long point) => pending.Contains(point);

    public float[] FeaturesOf(long point) => cache[point];

    /// <summary>Features without those of alignment: what distances are measured in.</summary>
    public float[] PlainFeaturesOf(long point) => alignment is { Count: > 0 } ? cache[point][..^alignment.Count] : cache[point];

    public void Ask(long point)
    {
        known.Add(point);
        pending.Add(point);
    }

    public void Tell(Observation observation)
    {
        bool wasPending = pending.Remove(observation.Index);
        if (!known.Add(observation.Index) && !wasPending)
        {
            // The same point again (a resumed file holds re-measurements): the first one taught everything.
            return;
        }

        Told++;
        float[] features = cache[observation.Index];
        if (observation.IsTimed)
        {
            timed.Add(observation);
            TimedFeatures ??= new FeatureTable(features.Length);
            TimedFeatures.Add(features);
            if (observation.Outcome == Outcome.Ok && (Best is not { } best || observation.TimeMs < best.TimeMs))
            {
                Best = observation;
            }
        }
        else if (observation.Outcome != Outcome.Invalid)
        {
            FailedFeatures ??= new FeatureTable(features.Length);
            FailedFeatures.Add(features);
        }
    }
}
