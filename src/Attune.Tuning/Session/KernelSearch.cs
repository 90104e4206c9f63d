using System.Collections.Immutable;
using Attune.Compile;
using Attune.Kernels;
using Attune.Measuring;
using Attune.Measuring.Workers;
using Attune.Records.Journals;
using Attune.Runtime;
using Attune.Tuning.Run;
using Attune.Tuning.Tasks;

namespace Attune.Tuning.Session;

/// <summary>
/// Searches kernels of tasks each for itself: nothing is chosen inside a model afterwards, as a <see cref="TuneSession"/> does, and no model is made.
/// </summary>
/// <param name="options">Budget, threads, tuner, records and workers; what is about a whole model is not looked at.</param>
/// <param name="clock">Clock of budget and records.</param>
public sealed class KernelSearch(TuneOptions options, TimeProvider clock)
{
    /// <summary>Layers of a network whose tasks have no configuration yet.</summary>
    /// <param name="fused">The network after all passes.</param>
    /// <param name="known">Configurations of other tasks.</param>
    public ImmutableArray<ModelTask> Missing(Network fused, ImmutableArray<TunedConfiguration> known)
    {
        HashSet<string> have = [.. known.Select(configuration => configuration.Task)];
        return [.. ModelTask.Of(fused, options.Target).Where(task => !have.Contains(task.Key))];
    }

    /// <summary>Searches tasks, and keeps every trial in the records that the options name.</summary>
    /// <param name="tasks">The tasks, with different keys.</param>
    /// <param name="weightBytes">Bytes of weights that one inference of their model reads.</param>
    /// <param name="progress">Told what happens, on the thread that searches.</param>
    /// <param name="cancellation">Ends the search at once; everything found so far is reported.</param>
    /// <exception cref="JournalException">The records cannot be used.</exception>
    /// <exception cref="WorkerUnavailableException">No worker process starts.</exception>
    public async Task<TuningReport> RunAsync(ImmutableArray<TuningTask> tasks, long weightBytes, IProgress<TuneEvent> progress, CancellationToken cancellation)
    {
        string device = options.Device.Id;
        using var journal = Journal.Open(options.Records, selection: new RecordSelection(tasks.Select(task => task.Key), device));
        return await RunAsync(
            tasks, weightBytes, new JournalTrialLog(journal, device, Guid.NewGuid().ToString("N"), options.Device.Kind), progress, cancellation);
    }

    /// <summary>Finds a configuration for each of some layers without keeping trials, and uses it as it is found.</summary>
    /// <param name="missing">The layers.</param>
    /// <param name="progress">Told what happens, on the thread that searches.</param>
    /// <param name="cancellation">Ends the search at once; what was found so far is given.</param>
    /// <returns>Configurations of the tasks for which any kernel worked.</returns>
    /// <exception cref="WorkerUnavailableException">No worker process starts.</exception>
    public async Task<ImmutableArray<TunedConfiguration>> FindAsync(
        ImmutableArray<ModelTask> missing, IProgress<TuneEvent> progress, CancellationToken cancellation)
    {
        ImmutableArray<TuningTask> tasks = [.. missing.Select(new TuningTaskFactory(TaskPurpose.Kernels, options.Target, options.Threads).Of)];
        TuningReport report = await RunAsync(tasks, TuningTaskFactory.WeightBytes(missing), new MemoryTrialLog(), progress, cancellation);
        return
        [
            .. report.Tasks.Where(task => task.BestMs is not null)
                .Select(task => new TunedConfiguration(task.Task.Key, task.Best.ToLabels(), task.BestMs, ConfigurationSource.Tuned, null)),
        ];
    }

    private async Task<TuningReport> RunAsync(
        ImmutableArray<TuningTask> tasks, long weightBytes, ITrialLog log, IProgress<TuneEvent> progress, CancellationToken cancellation)
    {
        await using IMeasurer measurer = options.StartWorkers(weightBytes, clock);
        return await new TuningRun(tasks, options.Run, measurer, log, clock, progress.Report).RunAsync(cancellation);
    }
}
