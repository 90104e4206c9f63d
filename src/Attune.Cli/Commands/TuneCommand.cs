using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Arguments;
using Attune.Cli.Coverage;
using Attune.Cli.Models;
using Attune.Cli.Output;
using Attune.Cli.Transfer;
using Attune.Cli.Tune;
using Attune.Measuring;
using Attune.Records;
using Attune.Tuning;

namespace Attune.Cli.Commands;

/// <summary><c>attune tune</c>: searches kernels for every layer of a model and writes a tuned model.</summary>
internal sealed class TuneCommand : CliCommand
{
    private readonly Argument<string> model = ModelLoader.Argument();
    private readonly Option<string> output = SharedOptions.Output("The .attune file to write. Default: the model's name.");
    private readonly Option<string> budget = new("--budget", "-b") { Description = "Time (90s, 10m, 1h30m) or trials (500trials) to spend.", HelpName = "BUDGET", DefaultValueFactory = _ => "10m" };
    private readonly Option<int?> threads = SharedOptions.Threads();
    private readonly Option<string[]> shape = SharedOptions.Shape();
    private readonly Option<string?> tuner = new("--tuner", "--searcher") { Description = $"How to search: {string.Join(", ", SearcherCatalog.Names)}. Default: {SearcherCatalog.Default}; with --history or --prior: {TransferArguments.Learner}.", HelpName = "NAME" };
    private readonly Option<string[]> tunerOptions = TunerNames.Options();
    private readonly Option<string[]> history = TransferArguments.HistoryOption();
    private readonly Option<string?> prior = TransferArguments.PriorOption();
    private readonly Option<int> seed = new("--seed") { Description = "Seed of the searches.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<string> weights = SharedOptions.Weights();
    private readonly Option<string?> records = new("--records") { Description = "Records file to resume from and append to. Default: the journal in the user's data folder.", HelpName = "FILE" };
    private readonly Option<int> number = new("--number") { Description = "Runs per repeat of a measurement; 0: as many as --min-repeat-ms needs.", HelpName = "N", DefaultValueFactory = _ => MeasureOptions.Default.Number };
    private readonly Option<int> repeat = new("--repeat") { Description = "Maximum number of repeats of a measurement.", HelpName = "N", DefaultValueFactory = _ => MeasureOptions.Default.MaxRepeats };
    private readonly Option<double> minimumRepeat = new("--min-repeat-ms") { Description = "Shortest repeat in milliseconds.", HelpName = "MS", DefaultValueFactory = _ => MeasureOptions.Default.MinRepeatMs };
    private readonly Option<string> timeout = new("--timeout") { Description = "Time after which a candidate is given up.", HelpName = "TIME", DefaultValueFactory = _ => "5s" };

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
            "attune tune zoo:alexnet --weights i8 -o alexnet-i8.attune")
    {
        Command.Arguments.Add(model);
        foreach (Option option in new Option[] { output, budget, threads, shape, tuner, tunerOptions, history, prior, seed, weights, withoutFusion, records, number, repeat, minimumRepeat, timeout })
        {
            Command.Options.Add(option);
        }
    }

    /// <inheritdoc/>
    public override async Task<CommandResult> RunAsync(Invocation invocation)
    {
        var time = new TuneTime(invocation.Clock);
        TunePlan plan = Plan(invocation);
        string narrow = plan.Narrowed.Layers.IsEmpty ? string.Empty : $"; {NarrowModel.Describe(plan.Narrowed)}";
        invocation.Progress.Announce($"tune    {plan.Model.BaseName}: {Units.Counted(plan.Model.Network.Nodes.Length, "node")}, {plan.Fused.Nodes.Length} after fusion, {Units.Counted(plan.Tasks.Length, "task")}; {plan.Threads} thread{(plan.Threads == 1 ? string.Empty : "s")}, {plan.Searcher}{narrow}");
        if (plan.Coverage.Warning is { } slow)
        {
            invocation.Progress.Announce($"warning {string.Join(' ', [slow, .. CoverageAdvice.Of(plan.Model.Network, plan.Coverage)])}");
        }

        TuneOutcome outcome = await new Tuner(plan, invocation.Progress, invocation.Clock, time).RunAsync(invocation.Cancellation);
        return TuneReport.Of(plan, outcome);
    }

    private TunePlan Plan(Invocation invocation)
    {
        int count = SharedOptions.CheckThreads(invocation.Value(threads));
        var spend = Budget.Parse(invocation.Value(budget)!);
        string? named = invocation.Value(tuner) is { } given ? TunerNames.Check(given) : null;
        TransferArguments transfer = TransferArguments.Read(named, invocation.Value(history)!, invocation.Value(prior));
        string name = transfer.Tuner;
        SearcherOptions search = TunerNames.Bind(name, new SearcherOptions { History = transfer.History, Prior = transfer.Prior }, invocation.Value(tunerOptions)!);
        foreach (string line in transfer.Lines)
        {
            invocation.Progress.Announce(line);
        }

        TimeSpan limit = Budget.Duration(invocation.Value(timeout)!)
            ?? throw new CommandFailedException(ExitCode.Usage, ErrorCodes.BadValue, $"'{invocation.Value(timeout)}' is no duration.", "Write --timeout 5s.");
        LoadedModel loaded = ModelLoader.Load(invocation.Value(model)!, invocation.Value(shape)!);
        string target = invocation.Value(output) ?? loaded.BaseName + RunnableModel.Extension;
        TargetFile.Check(target, "-o");
        ImmutableArray<string> without = FusionNames.Parse(invocation.Value(withoutFusion)!);
        return new TunePlan(
            loaded,
            NarrowModel.Of(loaded, SharedOptions.ReadWeights(invocation.Value(weights)!), without),
            spend,
            count,
            name,
            search,
            invocation.Value(seed),
            Measuring(invocation),
            limit,
            invocation.Value(records) ?? RecordFolder.DefaultJournal(),
            target,
            without);
    }

    private MeasureOptions Measuring(Invocation invocation)
    {
        int most = invocation.Value(repeat);
        MeasureOptions options = MeasureOptions.Default with
        {
            Number = invocation.Value(number),
            MaxRepeats = most,
            MinRepeats = Math.Min(MeasureOptions.Default.MinRepeats, most),
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
