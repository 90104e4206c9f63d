using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Arguments;
using Attune.Cli.Commands;
using Attune.Cli.Models;
using Attune.Cli.Output;
using Attune.Compile.Models;
using Attune.Experiments.Devices;
using Attune.Experiments.Search;
using Attune.Experiments.Setup;
using Attune.Graph.Zoo;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Kernels.Targets;
using Attune.Numerics.Words;
using Attune.Tuning.Recorded;

namespace Attune.Cli.Experiments;

/// <summary>What the papers' experiments have in common: their options, their device, their folder.</summary>
internal abstract class ExperimentCommand : CliCommand
{
    // At the papers' scale a search of about a thousand trials ends after 400 without improvement; smaller searches keep the proportion.
    private const int TrialsAtPaperPatience = 1024;
    private const int MinPatience = 16;

    private readonly Option<string[]> device = RecordedFiles.Option(
        "Instead of this CPU a device of this machine (opencl:0, cuda:0; attune doctor lists them), or recorded devices; several files and wildcards are "
            + "allowed.",
        "DEVICE|recorded:FILE");
    private readonly Option<string[]> networks;
    private readonly Option<string[]> tuners;
    private readonly Option<int> seeds = new("--seeds")
    {
        Description = "Searches per task and tuner; the papers have 10.",
        HelpName = "N",
        DefaultValueFactory = _ => 2,
    };
    private readonly Option<int> trials = new("--trials")
    {
        Description = "Maximum number of configurations per search.",
        HelpName = "N",
        DefaultValueFactory = _ => 128,
    };
    private readonly Option<int?> patience = new("--patience")
    {
        Description = "Configurations without improvement after which a search ends. Default: 400 at 1024 trials, in proportion below.",
        HelpName = "N",
    };
    private readonly Option<int> runs = new("--runs")
    {
        Description = "Runs of every tuned model on the device.",
        HelpName = "N",
        DefaultValueFactory = _ => ExperimentOptions.PaperLatencyRuns,
    };
    private readonly Option<int?> threads = new("--threads") { Description = "Threads of kernels and models on this CPU. Default: 1.", HelpName = "N" };
    private readonly Option<string?> output = new("--output", "-o")
    {
        Description = "Folder for state and reports; the same command goes on in it. Default: attune-NAME.",
        HelpName = "DIR",
    };
    private readonly ImmutableArray<string> usualTuners;
    private readonly ImmutableArray<string> usualNetworks;

    protected ExperimentCommand(
        string name, string summary, ImmutableArray<string> usualTuners, ImmutableArray<string> usualNetworks, params ImmutableArray<string> examples)
        : base(name, summary, examples)
    {
        this.usualTuners = usualTuners;
        this.usualNetworks = usualNetworks;
        networks = new Option<string[]>("--networks")
        {
            Description = $"Networks of the zoo or ONNX files, separated by commas. Default: {string.Join(",", usualNetworks)}.",
            HelpName = "NAMES",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [],
        };
        tuners = TunerNames.Several($"Tuners, the baseline first. Default: {string.Join(",", TunerNames.Read([], usualTuners))}.");
        foreach (Option option in new Option[] { device, networks, tuners, seeds, trials, patience, runs, threads, output })
        {
            Command.Options.Add(option);
        }
    }

    /// <inheritdoc/>
    public override async Task<CommandResult> RunAsync(Invocation invocation)
    {
        ExperimentOptions options = Options(invocation);
        string folder = invocation.Value(output) ?? $"attune-{Command.Name}";
        Directory.CreateDirectory(folder);
        DeviceName? named = NamedDevice(invocation);
        string[] recordings = named is null ? invocation.Value(device)! : [];
        if (recordings.Length > 0 && invocation.Value(networks)!.Length > 0)
        {
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.BadValue,
                "A recorded device has its own space, so --networks does not go with --device.",
                $"attune experiment {Command.Name} --help");
        }

        using ExperimentContext site = recordings.Length > 0
            ? ExperimentContext.OfRecordings(RecordedFiles.Open(recordings))
            : ThisMachine(invocation, folder, named ?? DeviceName.Cpu);
        invocation.Progress.Announce($"{Command.Name} {site.Device.Description}; {Units.Counted(site.Tasks.Length, "task")}, "
            + $"{string.Join(", ", options.Arms.Select(arm => arm.Name))}; {ExperimentSetting.ScaleOf(options, site.IsRecorded, site.Groups.Length)}");
        return await RunAsync(invocation, options, site, folder);
    }

    /// <summary>Runs the experiment and writes its reports.</summary>
    protected abstract Task<CommandResult> RunAsync(Invocation invocation, ExperimentOptions options, ExperimentContext site, string folder);

    /// <summary>Patience of one tuner.</summary>
    /// <param name="tuner">The tuner.</param>
    /// <param name="usual">The baseline's patience.</param>
    protected virtual int PatienceOf(string tuner, int usual) => usual;

    /// <summary>The report's first lines.</summary>
    protected ExperimentSetting Setting(Invocation invocation, ExperimentOptions options, ExperimentContext site, ExperimentOutcome outcome) => new(
        site.Device.Description,
        site.IsRecorded,
        invocation.Clock.GetUtcNow(),
        CommandText(invocation, options, site),
        ExperimentSetting.ScaleOf(
            options,
            site.IsRecorded,
            outcome.Tasks.Select(task => task.Group).Distinct().Count(),
            outcome.Unfinished > 0 ? (outcome.Tasks.Length, site.Tasks.Length) : null),
        [.. options.Arms.Select(arm => arm.Name)],
        options.Seeds,
        options.Trials,
        [.. outcome.Tasks.Select(task => task.Group).Distinct()],
        outcome.Tasks.Length);

    /// <summary>What the user should know of an outcome.</summary>
    protected static ImmutableArray<string> Warnings(ExperimentOutcome outcome) => outcome.WithoutResult.IsEmpty
        ? []
        : [$"On {Units.Counted(outcome.WithoutResult.Length, "task")} a search found nothing that works: {string.Join("; ", outcome.WithoutResult.Take(3))}. "
            + "They run their default configurations."];

    private static void Require(bool holds, string message, string next)
    {
        if (!holds)
        {
            throw new CommandFailedException(ExitCode.Usage, ErrorCodes.BadValue, message, next);
        }
    }

    private ExperimentOptions Options(Invocation invocation)
    {
        int max = invocation.Value(trials);
        Require(max >= 1, $"--trials {max} is below 1.", "Use --trials 128.");
        int usual = invocation.Value(patience)
            ?? Math.Min(ExperimentOptions.PaperPatience, Math.Max(MinPatience, (int)((long)max * ExperimentOptions.PaperPatience / TrialsAtPaperPatience)));
        var options = new ExperimentOptions
        {
            Arms = [.. TunerNames.Read(invocation.Value(tuners)!, usualTuners).Select(name => new SearchArm(name, name, PatienceOf(name, usual)))],
            Seeds = invocation.Value(seeds),
            Trials = max,
            LatencyRuns = invocation.Value(runs),
        };
        ImmutableArray<string> problems = options.Problems();
        Require(problems.IsEmpty, $"The experiment cannot run: {string.Join("; ", problems)}.", $"attune experiment {Command.Name} --help");
        return options;
    }

    // One value that is the name of a device; everything else names recordings.
    private DeviceName? NamedDevice(Invocation invocation) =>
        invocation.Value(device) is [var only] && DeviceName.TryParse(only, provider: null, out DeviceName? name) ? name : null;

    private ExperimentContext ThisMachine(Invocation invocation, string folder, DeviceName name)
    {
        ImmutableArray<string> sources = Networks(invocation);
        DeviceProfile profile = DeviceArgument.Read(name.ToString());
        int count = profile.Kind == TargetKind.Cpu ? SharedOptions.CheckThreads(invocation.Value(threads) ?? 1) : 1;
        return ExperimentContext.OfThisMachine(profile, sources, Read, count, folder, WorkerProcessCommand.CommandLine, invocation.Clock);

        static (string, Network) Read(string source)
        {
            LoadedModel loaded = ModelLoader.Load(source, []);
            return (loaded.BaseName, loaded.Network);
        }
    }

    private ImmutableArray<string> Networks(Invocation invocation)
    {
        string[] given = [.. invocation.Value(networks)!.SelectMany(
            value => value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        ImmutableArray<string> sources = [.. (given.Length > 0 ? given : [.. usualNetworks]).Select(
            name => ModelZoo.Names.Contains(name) ? ModelLoader.ZooPrefix + name : name)];
        foreach (string source in sources)
        {
            Require(
                source.StartsWith(ModelLoader.ZooPrefix, StringComparison.OrdinalIgnoreCase) || File.Exists(source),
                $"There is no network '{source}'.{(NearMiss.Find(source, ModelZoo.Names) is { } near ? $" Did you mean '{near}'?" : string.Empty)}",
                $"Use {string.Join(", ", ModelZoo.Names)}, or the path of an ONNX file.");
        }

        return sources;
    }

    private string CommandText(Invocation invocation, ExperimentOptions options, ExperimentContext site)
    {
        IEnumerable<string> where = site.IsRecorded
            ? invocation.Value(device)!.SelectMany(
                value => (string[])["--device", value.StartsWith(RecordedSet.Prefix, StringComparison.OrdinalIgnoreCase) ? value : RecordedSet.Prefix + value])
            :
            [
                .. invocation.Given(device), "--networks", string.Join(',', Networks(invocation)),
                "--threads", $"{invocation.Value(threads) ?? 1}", "--runs", $"{options.LatencyRuns}",
            ];
        return PrintedCommand.Of([
            "experiment", Command.Name,
            .. where,
            "--tuners", string.Join(',', options.Arms.Select(arm => arm.Name)),
            "--seeds", $"{options.Seeds}",
            "--trials", $"{options.Trials}",
            .. invocation.Given(patience),
        ]);
    }
}
