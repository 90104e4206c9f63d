using System.Collections.Immutable;
using Attune.Cli.Arguments;
using Attune.Cli.Commands;
using Attune.Cli.Output;
using Attune.Cli.Tune;
using Attune.Design.Local;
using Attune.Design.Spaces;
using Attune.Design.Units;
using Attune.Kernels.Partition;
using Attune.Kernels.Spaces;
using Attune.Kernels.Templates;
using Attune.Measuring;
using Attune.Records;
using Attune.Tuning;

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
        var counts = new Dictionary<string, (ConvolutionWorkload Workload, int Count)>(StringComparer.Ordinal);
        long weightBytes = 0;
        foreach (SpacePoint point in points)
        {
            if ((await encoder.EncodeAsync(point, cancellation)).Design is { } design)
            {
                weightBytes = Math.Max(weightBytes, design.Footprint.WeightBytes);
                foreach (ConvolutionWorkload workload in design.Units.Select(unit => unit.Workload).OfType<ConvolutionWorkload>())
                {
                    counts[workload.Key] = (workload, counts.GetValueOrDefault(workload.Key).Count + 1);
                }
            }
        }

        ImmutableArray<TuningTask> tasks = [.. counts.Values.Select(pair => Task(pair.Workload, pair.Count))];
        using var journal = Journal.Open(site.Records, selection: new RecordSelection(tasks.Select(task => task.Key), site.Cpu.Fingerprint.Id));
        var log = new JournalTrialLog(journal, site.Cpu.Fingerprint.Id, Guid.NewGuid().ToString("N"));
        await using var measurer = new WorkerMeasurer(new WorkerSettings { Command = WorkerProcessCommand.CommandLine(weightBytes), Clock = clock });
        var options = new TuningOptions { Budget = budget.Time, Trials = budget.Trials, Threads = device.Threads, Seed = seed };
        return await new TuningRun(tasks, options, measurer, log, clock, new TuneProgress(progress, "units", tasks.Length).On).RunAsync(cancellation);
    }

    private TuningTask Task(ConvolutionWorkload workload, int count)
    {
        Space space = KernelTemplates.CreateSpace(workload);
        return new TuningTask(workload.Title, workload.Key, space, KernelTemplates.DefaultIndex(workload, space), count, workload.Flops)
        {
            Family = workload.Family,
            Suggestions = [.. KernelTemplates.SuggestedIndices(workload, space, device.Threads)],
            Siblings = configuration => PartitionSiblings.Of(workload, configuration, device.Threads),
        };
    }
}
