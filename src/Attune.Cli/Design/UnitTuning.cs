using Attune.Kernels.Targets;
using System.Collections.Immutable;
using Attune.Cli.Arguments;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Cli.Tune;
using Attune.Design.Local;
using Attune.Design.Spaces;
using Attune.Design.Units;
using Attune.Kernels.Templates;
using Attune.Measuring;
using Attune.Records;
using Attune.Tuning;
using Attune.Tuning.Session;
using Attune.Tuning.Tasks;

namespace Attune.Cli.Design;

/// <summary>Tunes the execution units that designs share, into the tuning records: each once, however many designs have it.</summary>
internal sealed class UnitTuning(DesignSite site, LocalDevice device, ProgressLine progress, TimeProvider clock)
{
    /// <summary>Tunes.</summary>
    /// <param name="points">The designs.</param>
    /// <param name="budget">Time or trials.</param>
    /// <param name="seed">Seed of the searches.</param>
    /// <param name="cancellation">Stops the search; what was found is in the records.</param>
    public async Task<TuningReport> RunAsync(IReadOnlyList<SpacePoint> points, Budget budget, int seed, CancellationToken cancellation)
    {
        UnitEncoder encoder = site.Session.EncoderOf(device.KeyOn(site.Cpu));
        var counts = new Dictionary<string, (WeightedWorkload Workload, int Count)>(StringComparer.Ordinal);
        long weightBytes = 0;
        foreach (SpacePoint point in points)
        {
            if ((await encoder.EncodeAsync(point, cancellation)).Design is { } design)
            {
                weightBytes = Math.Max(weightBytes, design.Footprint.WeightBytes);
                foreach (WeightedWorkload workload in design.Units.Select(unit => unit.Workload).OfType<WeightedWorkload>())
                {
                    counts[workload.Key] = (workload, counts.GetValueOrDefault(workload.Key).Count + 1);
                }
            }
        }

        // The records are those that tunes of whole models go on from, so other classes of sharing work are timed as there.
        var factory = new TuningTaskFactory(TaskPurpose.Model, HostTarget.Of(device.Lanes), device.Threads);
        ImmutableArray<TuningTask> tasks = [.. counts.Values.Select(pair => factory.Of(pair.Workload, pair.Count))];
        using var journal = Journal.Open(site.Records, selection: new RecordSelection(tasks.Select(task => task.Key), site.Cpu.Fingerprint.Id));
        var log = new JournalTrialLog(journal, site.Cpu.Fingerprint.Id, Guid.NewGuid().ToString("N"));
        await using var measurer = new WorkerMeasurer(new WorkerSettings { Command = WorkerProcessCommand.CommandLine(weightBytes), Clock = clock });
        var options = new TuningOptions { Budget = budget.Time, Trials = budget.Trials, Threads = device.Threads, Seed = seed };
        return await new TuningRun(tasks, options, measurer, log, clock, new TuneProgress(progress, "units", tasks.Length).Report).RunAsync(cancellation);
    }
}
