using System.Collections.Immutable;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Cli.Tune;
using Attune.Compile;
using Attune.Compile.LowRank;
using Attune.Runtime;
using Attune.Tuning.Session;

namespace Attune.Cli.CohortRun;

/// <summary>Searches kernels for the tasks that low-rank forms add to a tuned model, and says so; those it has keep theirs.</summary>
/// <param name="progress">Where to tell how far it is.</param>
/// <param name="clock">Time.</param>
/// <param name="threads">Threads of the kernels.</param>
/// <param name="budget">Time to spend; null takes what the templates suggest without measuring.</param>
/// <param name="seed">Seed of the searches.</param>
internal sealed class FormTuner(ProgressLine progress, TimeProvider clock, int threads, TimeSpan? budget, int seed)
{
    /// <summary>Configurations of all tasks of a network with forms.</summary>
    /// <param name="low">The network with forms.</param>
    /// <param name="known">Configurations of the model without forms.</param>
    /// <param name="cancellation">Stops the search; what was found is used.</param>
    public async Task<ImmutableArray<TunedConfiguration>> RunAsync(LowRankNetwork low, ImmutableArray<TunedConfiguration> known, CancellationToken cancellation)
    {
        progress.Announce($"lowrank  {low.Layers.Length} forms of {low.Layers.Select(layer => layer.Node).Distinct().Count()} layers");
        var options = new TuneOptions { Budget = budget, Threads = threads, Seed = seed, Worker = WorkerProcessCommand.CommandLine };
        var search = new KernelSearch(options, clock);
        ImmutableArray<ModelTask> missing = search.Missing(low.Network, known);
        if (missing.IsEmpty || budget is not { } time)
        {
            return known;
        }

        progress.Announce($"tune     kernels of {Units.Counted(missing.Length, "low-rank task")}, {Units.Duration(time)}");
        return [.. known, .. await search.FindAsync(missing, new TuneProgress(progress, "forms", missing.Length), cancellation)];
    }
}
