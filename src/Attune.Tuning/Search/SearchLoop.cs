using System.Collections.Immutable;
using Attune.Records;

namespace Attune.Tuning.Search;

/// <summary>
/// One searcher in dialogue with whoever measures: it is asked for a batch, the points are measured in turn, and it is told what came out. Tuning runs,
/// comparisons, experiments and benches all search through this. One caller at a time.
/// </summary>
/// <param name="searcher">The searcher.</param>
/// <param name="clock">Times the searcher.</param>
public sealed class SearchLoop(ISearcher searcher, TimeProvider clock)
{
    /// <summary>Time that the searcher itself took: fitting models and proposing points.</summary>
    public TimeSpan Thinking { get; private set; }

    /// <summary>Tells outcomes of points that the searcher was not asked for, such as earlier trials.</summary>
    /// <param name="observations">The outcomes.</param>
    public void Tell(IReadOnlyCollection<Observation> observations)
    {
        long start = clock.GetTimestamp();
        searcher.Tell(observations);
        Thinking += clock.GetElapsedTime(start);
    }

    /// <summary>One round: asks, measures, tells.</summary>
    /// <param name="count">Points to ask for, at least 1.</param>
    /// <param name="measure">Measures a point; null ends the round before it, and the rest stays unmeasured.</param>
    /// <returns>Points that the searcher gave; 0 when it has none left.</returns>
    public async ValueTask<int> RoundAsync(int count, Func<long, ValueTask<Observation?>> measure)
    {
        long start = clock.GetTimestamp();
        ImmutableArray<long> asked = searcher.Ask(count);
        Thinking += clock.GetElapsedTime(start);
        var observations = new List<Observation>(asked.Length);
        foreach (long index in asked)
        {
            if (await measure(index) is not { } observation)
            {
                break;
            }

            observations.Add(observation);
        }

        Tell(observations);
        return asked.Length;
    }

    /// <summary>A whole search: round after round until a limit is reached.</summary>
    /// <param name="limits">The limits.</param>
    /// <param name="measure">Measures a point. Where it answers without waiting, so does the search.</param>
    /// <param name="cancellation">Gives up between two rounds.</param>
    /// <returns>Why it ended.</returns>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async ValueTask<SearchStop> RunAsync(SearchLimits limits, Func<long, ValueTask<Observation>> measure, CancellationToken cancellation)
    {
        int trials = 0;
        int trialOfBest = 0;
        double bestMs = double.PositiveInfinity;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            int asked = await RoundAsync(Math.Min(limits.Batch, limits.Trials - trials), TryAsync);
            bool hasBest = double.IsFinite(bestMs);
            SearchStop? stop = asked == 0 ? SearchStop.Exhausted
                : trials >= limits.Trials ? SearchStop.Trials
                : !hasBest && trials >= limits.HopelessTrials ? SearchStop.Failing
                : hasBest && trials - trialOfBest >= limits.Patience ? SearchStop.Patience
                : null;
            if (stop is { } reason)
            {
                return reason;
            }
        }

        async ValueTask<Observation?> TryAsync(long index)
        {
            Observation observation = await measure(index);
            trials++;
            if (observation is { Outcome: Outcome.Ok, TimeMs: > 0 } && observation.TimeMs < bestMs)
            {
                (trialOfBest, bestMs) = (trials, observation.TimeMs);
            }

            return observation;
        }
    }
}
