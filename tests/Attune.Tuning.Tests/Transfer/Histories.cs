using System.Collections.Immutable;
using Attune.Kernels.Spaces;
using Attune.Records;
using Attune.Tuning.Search;
using Attune.Tuning.Transfer;

namespace Attune.Tuning.Tests.Transfer;

/// <summary>Earlier tunes of the synthetic kernel: honest, reversed, shuffled.</summary>
internal static class Histories
{
    /// <summary>Times of a device on which everything takes three times as long; every fourth valid point was measured.</summary>
    public static HistoryTask Honest(Space space, string device = "elsewhere", int step = 4) => new(
        "kernel",
        device,
        space,
        [.. Valid(space).Where((_, i) => i % step == 0).Select(point => new Observation(point, Outcome.Ok, 3 * Landscape.TimeOf(space, point)))]);

    /// <summary>The fastest configuration has the slowest time and so on.</summary>
    public static HistoryTask Reversed(HistoryTask task)
    {
        Observation[] ordered = [.. task.Observations.OrderBy(observation => observation.TimeMs)];
        return task with { Observations = [.. ordered.Select((observation, i) => observation with { TimeMs = ordered[^(i + 1)].TimeMs })] };
    }

    /// <summary>Times are dealt out anew.</summary>
    public static HistoryTask Shuffled(HistoryTask task, int seed)
    {
        double[] times = [.. task.Observations.Select(observation => observation.TimeMs)];
        new Random(seed).Shuffle(times);
        return task with { Observations = [.. task.Observations.Select((observation, i) => observation with { TimeMs = times[i] })] };
    }

    /// <summary>Best time relative to the optimum after a number of trials, mean over seeds.</summary>
    public static double Reached(string searcher, Space space, TuningHistory? history, int trials, int seeds)
    {
        double optimum = Valid(space).Min(point => Landscape.TimeOf(space, point));
        return Enumerable.Range(1, seeds).Average(seed =>
        {
            ISearcher search = SearcherCatalog.Create(searcher, space, new() { Seed = seed, ExpectedTrials = trials, History = history });
            return optimum / Landscape.Search(search, space, trials, batch: 8).Min(point => Landscape.TimeOf(space, point));
        });
    }

    public static ImmutableArray<long> Valid(Space space) =>
        [.. Enumerable.Range(0, (int)space.Count).Select(point => (long)point).Where(point => space.IsValid(point))];
}
