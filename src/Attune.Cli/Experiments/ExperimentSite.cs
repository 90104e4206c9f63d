using System.Collections.Immutable;
using Attune.Cli.Arguments;
using Attune.Cli.Commands;
using Attune.Cli.Models;
using Attune.Devices;
using Attune.Experiments;
using Attune.Graph;
using Attune.Kernels.Backends;
using Attune.Kernels;
using Attune.Kernels.Templates;
using Attune.Measuring;
using Attune.Records;

namespace Attune.Cli.Experiments;

/// <summary>Where an experiment takes place: its tasks and what measures them.</summary>
internal sealed class ExperimentSite : IDisposable
{
    private readonly Journal? journal;
    private readonly Dictionary<string, string> sources;

    private ExperimentSite(ITaskDevice device, ImmutableArray<ExperimentTask> tasks, Journal? journal, Dictionary<string, string> sources, int threads)
    {
        Device = device;
        Tasks = tasks;
        Threads = threads;
        this.journal = journal;
        this.sources = sources;
    }

    /// <summary>What measures.</summary>
    public ITaskDevice Device { get; }

    /// <summary>All tasks.</summary>
    public ImmutableArray<ExperimentTask> Tasks { get; }

    /// <summary>Threads of kernels and models; 1 for recordings.</summary>
    public int Threads { get; }

    /// <summary>True when times come from recordings.</summary>
    public bool IsRecorded => journal is null;

    /// <summary>Networks or recorded devices, in order.</summary>
    public ImmutableArray<string> Groups => [.. Tasks.Select(task => task.Group).Distinct()];

    /// <summary>Makes the fused network of a group.</summary>
    public Network Network(string group) => PassPipeline.Default.Run(ModelLoader.Load(sources[group], []).Network);

    /// <summary>Recorded devices.</summary>
    public static ExperimentSite OfRecordings(RecordedFiles files)
    {
        var device = new RecordedTasks(files.Devices, files.Signature);
        return new ExperimentSite(device, device.Tasks, null, [], 1);
    }

    /// <summary>This machine.</summary>
    /// <param name="networks">zoo:NAME or paths.</param>
    /// <param name="threads">Threads of kernels and models.</param>
    /// <param name="folder">Where measurements are kept.</param>
    /// <param name="clock">Time.</param>
    public static ExperimentSite OfThisMachine(ImmutableArray<string> networks, int threads, string folder, TimeProvider clock)
    {
        var named = new Dictionary<string, string>();
        var tasks = ImmutableArray.CreateBuilder<ExperimentTask>();
        foreach (string source in networks)
        {
            LoadedModel loaded = ModelLoader.Load(source, []);
            named[loaded.BaseName] = source;
            tasks.AddRange(NetworkTasks.Of(loaded.BaseName, PassPipeline.Default.Run(loaded.Network)));
        }

        var cpu = CpuDevice.Detect();
        var opened = Journal.Open(Path.Combine(folder, "measurements.jsonl"));
        var memo = new MeasurementMemo(opened, cpu.Fingerprint.Id, threads, clock);
        string description = $"{cpu.Identity.Brand}, {threads} thread{(threads == 1 ? string.Empty : "s")}";
        var device = new LocalTasks(
            memo,
            weightBytes => new WorkerMeasurer(new WorkerSettings { Command = WorkerProcessCommand.CommandLine(weightBytes, DeviceName.Cpu), Clock = clock }),
            description,
            $"{cpu.Fingerprint.Id}|{threads}|{KernelTemplates.Generation}");
        return new ExperimentSite(device, tasks.ToImmutable(), opened, named, threads);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Device.DisposeAsync().AsTask().GetAwaiter().GetResult();
        journal?.Dispose();
    }
}
