using System.Collections.Immutable;
using Attune.Experiments.Latency;
using Attune.Experiments.Search;

namespace Attune.Experiments.Setup;

/// <summary>What an experiment's runs gave, before anything is computed from them.</summary>
/// <param name="Traces">All searches.</param>
/// <param name="Latencies">Latencies of whole networks; empty on recorded devices.</param>
/// <param name="Resumed">Searches and latencies taken over from an earlier run.</param>
public sealed record ExperimentOutcome(ImmutableArray<SearchTrace> Traces, ImmutableArray<LatencyRun> Latencies, int Resumed)
{
    /// <summary>Tasks that all tuners have searched with all seeds: what can be compared.</summary>
    public required ImmutableArray<ExperimentTask> Tasks { get; init; }

    /// <summary>Tasks that the time limit left out; 0 without one.</summary>
    public int Unfinished { get; init; }

    /// <summary>Tasks on which some search found nothing that works, as "group, task".</summary>
    public ImmutableArray<string> WithoutResult =>
        [.. Traces.Where(trace => trace.Best is null).Select(trace => $"{trace.Group}, {trace.Task}").Distinct()];
}
