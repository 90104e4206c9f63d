using System.Collections.Immutable;
using Attune.Experiments.Setup;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Measuring.Workers;
using Attune.Passes;
using Attune.Records.Journals;
using Attune.Tuning.Recorded;

namespace Attune.Experiments.Devices;

/// <summary>Where an experiment takes place: its tasks and what measures them.</summary>
public sealed class ExperimentContext : IDisposable
{
    // Drivers compile slowly.
    private static readonly TimeSpan DriverLimit = TimeSpan.FromSeconds(30);

    private readonly Journal? journal;
    private readonly IReadOnlyDictionary<string, Func<Network>> networks;

    private ExperimentContext(
        ITaskDevice device, ImmutableArray<ExperimentTask> tasks, Journal? journal, IReadOnlyDictionary<string, Func<Network>> networks, int threads)
    {
        Device = device;
        Tasks = tasks;
        Threads = threads;
        this.journal = journal;
        this.networks = networks;
    }

    /// <summary>What measures.</summary>
    public ITaskDevice Device { get; }

    /// <summary>All tasks.</summary>
    public ImmutableArray<ExperimentTask> Tasks { get; }

    /// <summary>Threads of kernels and models; 1 for recordings.</summary>
    public int Threads { get; }

    /// <summary>The device that models run on; the processors for recordings, which have no models.</summary>
    public DeviceName Name { get; private init; } = DeviceName.Cpu;

    /// <summary>True when times come from recordings.</summary>
    public bool IsRecorded => journal is null;

    /// <summary>Networks or recorded devices, in order.</summary>
    public ImmutableArray<string> Groups => [.. Tasks.Select(task => task.Group).Distinct()];

    /// <summary>Makes the fused network of a group.</summary>
    public Network Network(string group) => PassPipeline.Default.Run(networks[group]());

    /// <summary>Recorded devices.</summary>
    public static ExperimentContext OfRecordings(RecordedSet files)
    {
        var device = new RecordedTasks(files.Devices, files.Signature);
        return new ExperimentContext(device, device.Tasks, null, ImmutableDictionary<string, Func<Network>>.Empty, 1);
    }

    /// <summary>A device of this machine.</summary>
    /// <param name="profile">The device.</param>
    /// <param name="sources">Where the networks are from.</param>
    /// <param name="read">Reads one and names it; called again when its model is to be timed, since networks are large and none is kept.</param>
    /// <param name="threads">Threads of kernels and models.</param>
    /// <param name="folder">Where measurements are kept.</param>
    /// <param name="worker">How the processes are started in which kernels are measured, given the bytes of weights that one inference reads.</param>
    /// <param name="clock">Time.</param>
    /// <exception cref="JournalException">The measurements of before cannot be read.</exception>
    public static ExperimentContext OfThisMachine(
        DeviceProfile profile, IEnumerable<string> sources, Func<string, (string Name, Network Network)> read, int threads, string folder,
        Func<long, DeviceName, WorkerCommand> worker, TimeProvider clock)
    {
        var named = new Dictionary<string, Func<Network>>();
        var tasks = ImmutableArray.CreateBuilder<ExperimentTask>();
        foreach (string source in sources)
        {
            (string name, Network network) = read(source);
            named[name] = () => read(source).Network;
            tasks.AddRange(NetworkTasks.Of(name, PassPipeline.Default.Run(network), profile.Target));
        }

        var opened = Journal.Open(Path.Combine(folder, "measurements.jsonl"));
        var memo = new MeasurementMemo(opened, profile.Id, threads, clock, profile.Kind);
        bool isCpu = profile.Kind == TargetKind.Cpu;
        string description = isCpu ? $"{profile.Description}, {threads} thread{(threads == 1 ? string.Empty : "s")}" : $"{profile.Name}, {profile.Description}";
        var device = new LocalTasks(
            memo,
            weightBytes =>
            {
                var settings = new WorkerSettings { Command = worker(weightBytes, profile.Name), Clock = clock };
                return new WorkerMeasurer(isCpu ? settings : settings with { CandidateLimit = DriverLimit });
            },
            description,
            $"{profile.Id}|{threads}|{KernelTemplates.Generation}");
        return new ExperimentContext(device, tasks.ToImmutable(), opened, named, threads) { Name = profile.Name };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Device.DisposeAsync().AsTask().GetAwaiter().GetResult();
        journal?.Dispose();
    }
}
