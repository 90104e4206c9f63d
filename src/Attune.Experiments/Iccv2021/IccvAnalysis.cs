using System.Collections.Immutable;
using Attune.Experiments.Latency;
using Attune.Experiments.Search;
using Attune.Experiments.Statistics;
using Attune.Numerics;

namespace Attune.Experiments.Iccv2021;

/// <summary>From searches and latencies to the poster's table. Pure.</summary>
/// <param name="traces">All searches.</param>
/// <param name="arms">Names of the arms, the baseline first.</param>
public sealed class IccvAnalysis(ImmutableArray<SearchTrace> traces, ImmutableArray<string> arms)
{
    /// <summary>The table.</summary>
    /// <param name="latencies">Latencies of whole networks; empty on recorded devices, where the time of the best kernel stands in.</param>
    public ImmutableArray<SearchRow> Table(ImmutableArray<LatencyRun> latencies)
    {
        var rows = ImmutableArray.CreateBuilder<SearchRow>();
        foreach (string group in traces.Select(trace => trace.Group).Distinct())
        {
            SearchRow? baseline = null;
            foreach (string arm in arms.Where(arm => traces.Any(trace => trace.Group == group && trace.Arm == arm)))
            {
                SearchRow row = Row(group, arm, latencies);
                rows.Add(baseline is null ? row : Compared(row, baseline));
                baseline ??= arm == arms[0] ? row : null;
            }
        }

        return rows.ToImmutable();
    }

    private static SearchRow Compared(SearchRow row, SearchRow baseline)
    {
        double seconds = row.SearchSeconds.Mean;
        double baselineSeconds = baseline.SearchSeconds.Mean;
        return row with
        {
            SearchReduction = baselineSeconds > 0 ? 1 - (seconds / baselineSeconds) : null,
            LatencyReduction = 1 - (row.LatencyMs?.Mean / baseline.LatencyMs?.Mean),
            Volume = row.LatencyMs is { } ours && baseline.LatencyMs is { } theirs && baselineSeconds > 0
                ? Hypervolume.Of(seconds, ours.Mean, baselineSeconds, theirs.Mean)
                : null,
        };
    }

    private SearchRow Row(string group, string arm, ImmutableArray<LatencyRun> latencies)
    {
        SearchTrace[][] bySeed = [.. traces.Where(
            trace => trace.Group == group && trace.Arm == arm).GroupBy(trace => trace.Seed).Select(seed => seed.ToArray())];
        double[] measured = [.. latencies.Where(run => run.Group == group && run.Arm == arm).Select(run => run.MeanMs)];
        double[] latency = !latencies.IsEmpty
            ? measured
            : bySeed.All(seed => Array.TrueForAll(seed, trace => trace.Best is not null))
            ? [.. bySeed.Select(seed => seed.Sum(trace => trace.Best!.Value.TimeMs!.Value))]
            : [];
        return new SearchRow(
            group,
            arm,
            MeanInterval.Of([.. bySeed.Select(seed => seed.Sum(trace => trace.Seconds))]),
            bySeed.Average(seed => seed.Sum(trace => trace.ThinkingMs)) / 1000,
            bySeed.Average(seed => seed.Sum(trace => (double)trace.Points.Length)),
            latency.Length == 0 ? null : MeanInterval.Of(latency),
            null,
            null,
            null);
    }
}
