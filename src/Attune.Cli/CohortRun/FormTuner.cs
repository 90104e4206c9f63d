using Attune.Kernels.Targets;
using System.Collections.Immutable;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Cli.Tune;
using Attune.Compile;
using Attune.Kernels;
using Attune.Measuring;
using Attune.Runtime;
using Attune.Tuning;
using Attune.Tuning.Tasks;

namespace Attune.Cli.CohortRun;

/// <summary>Searches kernels for the tasks that low-rank forms add to a tuned model; those it has keep theirs.</summary>
internal sealed class FormTuner(ProgressLine progress, TimeProvider clock)
{
    /// <summary>Configurations of all tasks of a network with forms.</summary>
    /// <param name="network">The network with forms.</param>
    /// <param name="known">Configurations of the model without forms.</param>
    /// <param name="threads">Threads of the kernels.</param>
    /// <param name="budget">Time to spend; null takes what the templates suggest without measuring.</param>
    /// <param name="seed">Seed of the searches.</param>
    /// <param name="cancellation">Stops the search; what was found is used.</param>
    public async Task<ImmutableArray<TunedConfiguration>> RunAsync(Network network, ImmutableArray<TunedConfiguration> known, int threads, TimeSpan? budget, int seed, CancellationToken cancellation)
    {
        HashSet<string> have = [.. known.Select(configuration => configuration.Task)];
        ModelTask[] missing = [.. ModelTask.Of(network, HostTarget.Widest).Where(task => !have.Contains(task.Key))];
        if (missing.Length == 0 || budget is null)
        {
            return known;
        }

        // What is found is used as it is: no choice inside the model follows.
        ImmutableArray<TuningTask> tasks = [.. missing.Select(new TuningTaskFactory(TaskPurpose.Kernels, HostTarget.Widest, threads).Of)];
        progress.Announce($"tune     kernels of {tasks.Length} low-rank task{(tasks.Length == 1 ? string.Empty : "s")}, {Units.Duration(budget.Value)}");
        long weights = TuningTaskFactory.WeightBytes(missing);
        await using var measurer = new WorkerMeasurer(new WorkerSettings { Command = WorkerProcessCommand.CommandLine(weights), Clock = clock });
        var run = new TuningRun(tasks, new TuningOptions { Budget = budget, Threads = threads, Seed = seed }, measurer, new MemoryTrialLog(), clock, new TuneProgress(progress, "forms", tasks.Length).Report);
        TuningReport report = await run.RunAsync(cancellation);
        return [.. known, .. report.Tasks.Where(task => task.BestMs is not null).Select(task => new TunedConfiguration(task.Task.Key, task.Best.ToLabels(), task.BestMs, ConfigurationSource.Tuned, null))];
    }
}
