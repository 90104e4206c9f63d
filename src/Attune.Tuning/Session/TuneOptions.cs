using System.Collections.Immutable;
using Attune.Compile.Compute;
using Attune.Devices.Cpu;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Kernels.Targets;
using Attune.Measuring;
using Attune.Measuring.Kernels;
using Attune.Measuring.Workers;
using Attune.Records;
using Attune.Tuning.Run;
using Attune.Tuning.Search;

namespace Attune.Tuning.Session;

/// <summary>How a model is tuned. At least one of <see cref="Budget"/> and <see cref="Trials"/> must be given. Immutable.</summary>
public sealed record TuneOptions
{
    /// <summary>Wall-clock time for everything from the beginning of the session to its end; null for no limit. Above zero.</summary>
    public TimeSpan? Budget { get; init; }

    /// <summary>Kernels to try over all layers, those of an earlier tune included; null for no limit. At least 1.</summary>
    public int? Trials { get; init; }

    /// <summary>
    /// Threads of the kernels and of the model, 1 to the processors of this process; only 1 counts on other devices than processors. Default: the processors of
    /// this process that are usable at the same time.
    /// </summary>
    public int Threads { get; init; } = UsableProcessors.Count;

    /// <summary>
    /// The device that the model is tuned for and kernels are measured on, as <see cref="DeviceProfile.Find"/> gives it. Default: the processors of this
    /// machine with the widest vectors that they run well.
    /// </summary>
    public DeviceProfile Device { get; init; } = DeviceProfile.Cpu;

    /// <summary>What kernels are generated for.</summary>
    internal KernelTarget Target => Device.Target;

    /// <summary>Name in the <see cref="SearcherCatalog"/>. Default <see cref="SearcherCatalog.Default"/>.</summary>
    public string Tuner { get; init; } = SearcherCatalog.Default;

    /// <summary>Options of the tuner, history and prior among them; seed, start and expected trials are filled in.</summary>
    public SearcherOptions Search { get; init; } = new();

    /// <summary>Seed of the searches and of made-up inputs. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How weights of dense layers and 1x1 convolutions are stored. Default: 32-bit floats.</summary>
    public WeightFormat Weights { get; init; } = WeightFormat.F32;

    /// <summary>
    /// What layers multiply. Brain floats are for processors, and their layers' weights are rounded already: <see cref="Weights"/> must be 32-bit floats then.
    /// Default: 32-bit floats.
    /// </summary>
    public ComputeFormat Compute { get; init; } = ComputeFormat.F32;

    /// <summary>
    /// The model before its shapes were fixed, as its reader gives it; the tuned model then takes inputs of other shapes too. Left out where layers are
    /// computed or stored in less than 32-bit floats. Null for none.
    /// </summary>
    public OpenNetwork? Open { get; init; }

    /// <summary>Names of fusions that are switched off, as in <see cref="Fusions"/>. Default: none.</summary>
    public ImmutableArray<string> WithoutFusions { get; init; } = [];

    /// <summary>How candidates are timed.</summary>
    public MeasureOptions Measuring { get; init; } = MeasureOptions.Default;

    /// <summary>Time after which a candidate is given up, above zero. Default 5 s.</summary>
    public TimeSpan CandidateLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Path of the records to go on from and to append to. Default: the journal in the user's data folder.</summary>
    public string Records { get; init; } = RecordFolder.DefaultJournal();

    /// <summary>Where the network came from, remembered in the tuned model: <c>zoo:NAME</c> or the path of an ONNX file; null when unknown.</summary>
    public string? Source { get; init; }

    /// <summary>Path of the .attune file to write; null writes none.</summary>
    public string? Output { get; init; }

    /// <summary>
    /// How the processes are started in which candidates are measured, given the bytes of weights that one inference reads and the device to measure on.
    /// Default: this program again (<see cref="KernelWorker.InThisProgram"/>).
    /// </summary>
    public Func<long, DeviceName, WorkerCommand> Worker { get; init; } = KernelWorker.InThisProgram;

    /// <summary>Options of the search.</summary>
    internal TuningOptions Run => new() { Budget = Budget, Trials = Trials, Threads = Threads, Seed = Seed, Searcher = Tuner, Search = Search };

    /// <summary>Starts what measures candidates.</summary>
    /// <param name="weightBytes">Bytes of weights that one inference reads.</param>
    /// <param name="clock">Clock of the time limits.</param>
    internal WorkerMeasurer StartWorkers(long weightBytes, TimeProvider clock) => new(new WorkerSettings
    {
        Command = Worker(weightBytes, Device.Name),
        Measuring = Measuring,
        CandidateLimit = CandidateLimit,
        Clock = clock,
    });

    /// <summary>Checks every range.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it and what is allowed.</exception>
    public TuneOptions Validated()
    {
        Run.Validated();
        Measuring.Validate();
        string? problem = Threads > Environment.ProcessorCount ? $"{Threads} threads are more than the {Environment.ProcessorCount} processors of this process"
            : CandidateLimit <= TimeSpan.Zero ? $"CandidateLimit {CandidateLimit} is not above zero"
            : Compute != ComputeFormat.F32 && Weights != WeightFormat.F32 ? $"Compute {Compute} rounds weights itself, so that Weights {Weights} makes no sense"
            : Compute != ComputeFormat.F32 && Device.Kind != TargetKind.Cpu ? $"Compute {Compute} is for processors, not for {Device.Name}"

                : WithoutFusions.FirstOrDefault(name => Fusions.Find(name) is null) is { } unknown
                ? $"there is no fusion '{unknown}', only {string.Join(", ", Fusions.All.Select(fusion => fusion.Name))}"
            : null;
        return problem is null ? this : throw new ArgumentException($"Options of a tune: {problem}.");
    }
}
