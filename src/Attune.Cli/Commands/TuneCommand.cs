using System.CommandLine;
using Attune.Cli.Arguments;
using Attune.Cli.Models;
using Attune.Cli.Output;
using Attune.Cli.Quantise;
using Attune.Cli.Transfer;
using Attune.Cli.Tune;
using Attune.Compile.Compute;
using Attune.Compile.Coverage;
using Attune.Compile.Models;
using Attune.Compile.Quantisation;
using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Kernels.Targets;
using Attune.Measuring;
using Attune.Records;
using Attune.Runtime;
using Attune.Tuning.Search;
using Attune.Tuning.Session;

namespace Attune.Cli.Commands;

/// <summary><c>attune tune</c>: searches kernels for every layer of a model and writes a tuned model.</summary>
internal sealed class TuneCommand : CliCommand
{
    private const string Limit = "5s";
    private const string DriverLimit = "30s";

    private readonly Argument<string> model = ModelLoader.Argument();
    private readonly Option<string> output = SharedOptions.Output("The .attune file to write. Default: the model's name.");
    private readonly Option<string> budget = new("--budget", "-b")
    {
        Description = "Time (90s, 10m, 1h30m) or trials (500trials) to spend.",
        HelpName = "BUDGET",
        DefaultValueFactory = _ => "10m",
    };
    private readonly Option<string> device = DeviceArgument.Option("The device to tune for.");
    private readonly Option<int?> threads = SharedOptions.Threads();
    private readonly Option<string[]> shape = SharedOptions.Shape();
    private readonly Option<string?> tuner = new("--tuner", "--searcher")
    {
        Description = $"How to search: {string.Join(", ", SearcherCatalog.Names)}. Default: {SearcherCatalog.Default}; with --history or --prior: "
            + $"{TransferArguments.Learner}.",
        HelpName = "NAME",
    };
    private readonly Option<string[]> tunerOptions = TunerNames.Options();
    private readonly Option<string[]> history = TransferArguments.HistoryOption();
    private readonly Option<string?> prior = TransferArguments.PriorOption();
    private readonly Option<int> seed = new("--seed") { Description = "Seed of the searches.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly CalibrationArguments calibration;
    private readonly Option<string> weights = SharedOptions.Weights();
    private readonly Option<string> compute = SharedOptions.Compute();
    private readonly Option<string?> records = new("--records")
    {
        Description = "Records file to resume from and append to. Default: the journal in the user's data folder.",
        HelpName = "FILE",
    };
    private readonly Option<int> number = new("--number")
    {
        Description = "Runs per repeat of a measurement; 0: as many as --min-repeat-ms needs.",
        HelpName = "N",
        DefaultValueFactory = _ => MeasureOptions.Default.Number,
    };
    private readonly Option<int> repeat = new("--repeat")
    {
        Description = "Maximum number of repeats of a measurement.",
        HelpName = "N",
        DefaultValueFactory = _ => MeasureOptions.Default.MaxRepeats,
    };
    private readonly Option<double> minimumRepeat = new("--min-repeat-ms")
    {
        Description = "Shortest repeat in milliseconds.",
        HelpName = "MS",
        DefaultValueFactory = _ => MeasureOptions.Default.MinRepeatMs,
    };
    private readonly Option<string?> timeout = new("--timeout")
    {
        Description = $"Time after which a candidate is given up. Default: {Limit}, and {DriverLimit} on devices whose driver compiles.",
        HelpName = "TIME",
    };

    private readonly Option<string[]> withoutFusion = FusionNames.Option();

    public TuneCommand()
        : base(
            "tune",
            "Search kernels for every layer of a model and write a tuned model. Ctrl-C keeps what was found; the same command resumes.",
            "attune tune zoo:mobilenet_v1 --budget 2m -o mobilenet.attune",
            "attune tune zoo:mobilenet_v1 --without-fusion depthwise-pointwise,residual -o plain.attune",
            "attune tune model.onnx --budget 500trials --threads 1 --records model.jsonl -o model.attune",
            "attune tune zoo:resnet18 --tuner bao --tuner-option radius=2 -o resnet18.attune",
            "attune tune zoo:alexnet --prior prior.dgp --budget 200trials -o alexnet.attune",
            "attune tune zoo:alexnet --weights i8 -o alexnet-i8.attune",
            "attune tune model.onnx --precision mixed --calibration samples --accuracy-budget 0.5% -o model.attune",
            "attune tune zoo:resnet18 --compute bf16 -o resnet18-bf16.attune",
            "attune tune zoo:mobilenet_v1 --device opencl:0 --budget 5m -o mobilenet.attune",
            "attune tune zoo:resnet18 --device cuda:0 --history cuda_1080ti.log.gz -o resnet18.attune")
    {
        calibration = new CalibrationArguments(seed, isDefault: false);
        Command.Arguments.Add(model);
        foreach (Option option in (Option[])
        [
            output, budget, device, threads, shape, tuner, tunerOptions, history, prior, seed, .. calibration.Options, weights, compute, withoutFusion, records,
            number, repeat, minimumRepeat, timeout,
        ])
        {
            Command.Options.Add(option);
        }
    }

    /// <summary>Time after which a candidate is given up on a device, as users write it, unless they say otherwise.</summary>
    public static string LimitOn(DeviceProfile device) => device.Kind == TargetKind.Cpu ? Limit : DriverLimit;

    /// <inheritdoc/>
    public override async Task<CommandResult> RunAsync(Invocation invocation)
    {
        long started = invocation.Clock.GetTimestamp();
        double? loss = calibration.AllowedLoss(invocation);
        QuantisePrecision? precision = Precision(invocation);
        (LoadedModel loaded, TuneOptions options) = Read(invocation);
        TuneSession session = precision is { } wanted
            ? Quantised(
                invocation, loaded, options, new PrecisionOptions(wanted, calibration.Samples(invocation, loaded.Network)) { AllowedLoss = loss }, started)
            : new TuneSession(loaded.Network, options, invocation.Clock, started);
        TunePlan plan = session.Plan;
        if (plan.Error is { } impossible)
        {
            throw new CommandFailedException(TuneFailures.Of(impossible, loaded, options.Output!));
        }

        var coverage = KernelCoverage.Of(plan.Fused, ModelCoverage.Of(plan.Fused, plan.Options.Device.Target, withoutFusions: options.WithoutFusions));
        invocation.Progress.Announce($"tune    {Opening(loaded, plan)}");
        if (CoverageText.Warning(coverage) is { } slow)
        {
            invocation.Progress.Announce($"warning {string.Join(' ', [slow, .. CoverageText.Advice(loaded.Network, coverage)])}");
        }

        var progress = new TuneProgress(invocation.Progress, loaded.BaseName, plan.Tasks.Length, () => session.TimeLeft);
        TuneOutcome outcome = (await session.RunAsync(progress, invocation.Cancellation))
            .OrThrow(error => new CommandFailedException(TuneFailures.Of(error, loaded, options.Output!)));
        return TuneReport.Of(loaded, coverage, plan, outcome, session.Quantisation);
    }

    private QuantisePrecision? Precision(Invocation invocation)
    {
        if (calibration.Precision(invocation) is not { } precision)
        {
            return null;
        }

        calibration.RequireSamples(invocation);
        if (SharedOptions.ReadWeights(invocation.Value(weights)!) != WeightFormat.F32
            || SharedOptions.ReadCompute(invocation.Value(compute)!) != ComputeFormat.F32)
        {
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.BadValue,
                "--precision decides how numbers are stored, and measures what that costs; --weights or --compute would change it again.",
                "Leave one of them out.");
        }

        return DeviceArgument.Read(invocation.Value(device)!).Kind == TargetKind.Cpu ? precision : throw new CommandFailedException(
            ExitCode.Usage, ErrorCodes.BadValue, "Layers on bytes are compiled for processors alone, so --precision has no use on another device.",
            "Leave --precision out, or --device.");
    }

    private static TuneSession Quantised(Invocation invocation, LoadedModel loaded, TuneOptions options, PrecisionOptions precision, long started)
    {
        TuneSession session = TuneSession.Quantised(
            loaded.Network, precision, options, new QuantizeProgressLine(invocation.Progress), invocation.Clock, started, invocation.Cancellation)
            .OrThrow(QuantizeFailures.Of);
        invocation.Progress.Announce($"tune    {PrecisionText.Line(session.Quantisation!)}");
        return session;
    }

    private static string Opening(LoadedModel loaded, TunePlan plan)
    {
        string size = $"{Units.Counted(loaded.Network.Nodes.Length, "node")}, {plan.Fused.Nodes.Length} after fusion, "
            + $"{Units.Counted(plan.Tasks.Length, "task")}";
        string narrow = plan.Narrowed.Layers.IsEmpty ? string.Empty : $"; {NarrowModel.Describe(plan.Narrowed)}";
        string multiplied = plan.Computed is { } computed ? $"; {ComputeText.Describe(computed)}" : string.Empty;
        return $"{loaded.BaseName}: {size}; {DeviceText.Whole(plan.Options.Device, plan.Options.Threads)}, {plan.Options.Tuner}{narrow}{multiplied}";
    }

    private (LoadedModel Model, TuneOptions Options) Read(Invocation invocation)
    {
        int count = SharedOptions.CheckThreads(invocation.Value(threads));
        var spend = Budget.Parse(invocation.Value(budget)!);
        string? named = invocation.Value(tuner) is { } searcher ? TunerNames.Check(searcher) : null;
        DeviceProfile profile = DeviceArgument.Read(invocation.Value(device)!);
        TransferArguments transfer = TransferArguments.Read(named, invocation.Value(history)!, invocation.Value(prior), profile);
        var learnt = new SearcherOptions { History = transfer.History, Prior = transfer.Prior };
        SearcherOptions search = TunerNames.Bind(transfer.Tuner, learnt, invocation.Value(tunerOptions)!);
        foreach (string line in transfer.Lines)
        {
            invocation.Progress.Announce(line);
        }

        string given = invocation.Value(timeout) ?? LimitOn(profile);
        TimeSpan limit = Budget.Duration(given)
            ?? throw new CommandFailedException(ExitCode.Usage, ErrorCodes.BadValue, $"'{given}' is no duration.", "Write --timeout 5s.");
        (WeightFormat stored, ComputeFormat multiplied) = Formats(invocation, profile);
        LoadedModel loaded = ModelLoader.Load(invocation.Value(model)!, invocation.Value(shape)!);
        string target = invocation.Value(output) ?? loaded.BaseName + RunnableModel.Extension;
        TargetFile.Check(target, "-o");
        return (loaded, new TuneOptions
        {
            Budget = spend.Time,
            Trials = spend.Trials,
            Device = profile,
            Threads = count,
            Tuner = transfer.Tuner,
            Search = search,
            Seed = invocation.Value(seed),
            Weights = stored,
            Compute = multiplied,
            WithoutFusions = FusionNames.Parse(invocation.Value(withoutFusion)!),
            Measuring = Measuring(invocation),
            CandidateLimit = limit,
            Records = invocation.Value(records) ?? RecordFolder.DefaultJournal(),
            Open = loaded.Open,
            Source = loaded.Source,
            Output = target,
            Worker = WorkerProcessCommand.CommandLine,
        });
    }

    private (WeightFormat Stored, ComputeFormat Multiplied) Formats(Invocation invocation, DeviceProfile profile)
    {
        WeightFormat stored = SharedOptions.ReadWeights(invocation.Value(weights)!);
        ComputeFormat multiplied = SharedOptions.ReadCompute(invocation.Value(compute)!);
        if (multiplied != ComputeFormat.F32 && stored != WeightFormat.F32)
        {
            throw new CommandFailedException(
                ExitCode.Usage, ErrorCodes.BadValue, "--compute bf16 rounds the weights of its layers itself, so they cannot be stored in another format.",
                "Leave --weights or --compute out.");
        }

        return multiplied == ComputeFormat.F32 || profile.Kind == TargetKind.Cpu
            ? (stored, multiplied)
            : throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.BadValue,
                $"--compute bf16 is for processors; {profile.Name} multiplies 32-bit floats.",
                "Leave --compute or --device out.");
    }

    private MeasureOptions Measuring(Invocation invocation)
    {
        int max = invocation.Value(repeat);
        MeasureOptions options = MeasureOptions.Default with
        {
            Number = invocation.Value(number),
            MaxRepeats = max,
            MinRepeats = Math.Min(MeasureOptions.Default.MinRepeats, max),
            MinRepeatMs = invocation.Value(minimumRepeat),
        };
        try
        {
            return options.Validate();
        }
        catch (ArgumentException wrong)
        {
            throw new CommandFailedException(ExitCode.Usage, ErrorCodes.BadValue, wrong.Message, "attune tune --help");
        }
    }
}
