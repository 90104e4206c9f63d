using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Arguments;
using Attune.Cli.Output;
using Attune.Cli.Transfer;
using Attune.Experiments.Reports;
using Attune.Experiments.Tuners;
using Attune.Tuning.Comparison;
using Attune.Tuning.Recorded;
using Attune.Tuning.Search;
using ConsoleTable = Attune.Cli.Output.ReportTable;

namespace Attune.Cli.Commands;

/// <summary><c>attune benchmark-tuners</c>: tuners on recorded devices at equal budgets.</summary>
internal sealed class BenchmarkTunersCommand : CliCommand
{
    private static readonly ImmutableArray<string> Usual = ["random", "autotvm", "bted+bao", "auto"];

    private readonly Option<string[]> device = RecordedFiles.Option("Recorded devices to compare on; several files and wildcards are allowed.");
    private readonly Option<string[]> tuners = TunerNames.Several($"Tuners to compare. Default: {string.Join(",", Usual.Where(SearcherCatalog.Knows))}.");
    private readonly Option<string[]> tunerOptions = new("--tuner-option")
    {
        Description = "TUNER:NAME=VALUE sets an option of one tuner; may be repeated. attune tuners NAME lists them.",
        HelpName = "TUNER:NAME=VALUE",
        DefaultValueFactory = _ => [],
    };
    private readonly Option<string[]> history = TransferHistory.Option();
    private readonly Option<int> trials = new("--trials")
    {
        Description = "Configurations per search, failing ones included.",
        HelpName = "N",
        DefaultValueFactory = _ => 512,
    };
    private readonly Option<int> seeds = new("--seeds") { Description = "Searches per device and tuner.", HelpName = "N", DefaultValueFactory = _ => 20 };
    private readonly Option<int> batch = new("--batch")
    {
        Description = "Points that a tuner is asked for at a time.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };
    private readonly Option<string?> output = new("--output", "-o")
    {
        Description = "Folder for finished searches, curves and reports; the same command goes on in it.",
        HelpName = "DIR",
    };

    public BenchmarkTunersCommand()
        : base(
            "benchmark-tuners",
            "Compare tuners on recorded devices at equal numbers of trials: curves, ranks, significance, search time.",
            "attune benchmark-tuners --device recorded:a100.csv.gz --tuners random,bao,auto --trials 128 --seeds 10",
            "attune benchmark-tuners --device 'recorded:spaces/*.csv' --tuner-option bao:radius=2 -o comparison",
            "attune benchmark-tuners --device 'recorded:spaces/*.csv' --tuners autotvm,dgp,auto --history others --trials 128")
    {
        foreach (Option option in new Option[] { device, tuners, tunerOptions, history, trials, seeds, batch, output })
        {
            Command.Options.Add(option);
        }
    }

    /// <inheritdoc/>
    public override async Task<CommandResult> RunAsync(Invocation invocation)
    {
        if (invocation.Value(device)!.Length == 0)
        {
            throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.BadValue,
                "There is no device to compare on.",
                "Use --device recorded:FILE; to make such a file: attune record-space MODEL");
        }

        ImmutableArray<string> names = TunerNames.Read(invocation.Value(tuners)!, Usual);
        TunerBenchmarkOptions options = Options(invocation, names);
        RecordedSet files = RecordedFiles.Open(invocation.Value(device)!);
        var known = TransferHistory.Spaces(files, invocation.Value(history)!);
        var benchmark = new TunerBenchmark(known.Spaces, options, invocation.Clock);
        invocation.Progress.Announce($"tuners  {string.Join(", ", options.Tuners.Select(tuner => tuner.Label))} on "
            + $"{string.Join(", ", known.Spaces.Select(each => each.Name))}: {Units.Counted(options.Seeds, "seed")}, {Units.Counted(options.Trials, "trial")}");
        TunerBenchmarkReport report = await Task.Run(() => benchmark.Run(new Told(invocation.Progress), invocation.Cancellation), CancellationToken.None);
        string command = CommandText(files, options, names, invocation.Value(history)!, invocation.Value(tunerOptions)!);
        ImmutableArray<string> written = options.Folder is null
            ? []
            : ReportFiles.Write(
                options.Folder,
                BenchmarkReport.Of(report, known.Spaces, options, command, invocation.Clock.GetUtcNow()),
                Data(report, options, withCurves: true));
        return new CommandResult(Data(report, options, withCurves: false), console => Print(console, report, options))
        {
            Warnings = [.. files.Warnings, .. known.Notes],
            Written = written,
            Next = options.Folder is null ? $"For curves and a report: {command} -o comparison" : null,
        };
    }

    private static object Data(TunerBenchmarkReport report, TunerBenchmarkOptions options, bool withCurves) => new
    {
        options.Trials,
        options.Seeds,
        options.Batch,
        Results = report.Scores.Select(
            score => new { Space = score.Device, Tuner = score.Searcher, score.Trials, score.Mean, Sd = score.Spread, score.Seeds, score.Low, score.High }),
        report.Means,
        RandomExpectation = report.Random.Select(score => new { Space = score.Device, score.Trials, score.Mean }),
        Pairs = report.Duels,
        report.Costs,
        Searches = withCurves ? report.Races : default(IEnumerable<TunerRace>),
    };

    private static void Print(Spectre.Console.IAnsiConsole console, TunerBenchmarkReport report, TunerBenchmarkOptions options)
    {
        int[] shown = [.. report.Means.Select(mean => mean.Trials).Distinct().Order()];
        string[] headings = [.. shown.Select(count => $">{count}")];
        console.Line($"optimum / best found, mean over {Units.Counted(options.Seeds, "seed")}");
        ConsoleTable.Print(console, ["device", "tuner", .. headings], report.Scores.GroupBy(score => (score.Device, score.Searcher)).Select(
            group =>
                new[] { group.Key.Device, group.Key.Searcher }.Concat(group.OrderBy(score => score.Trials).Select(score => $"{score.Mean:0.000}")).ToArray()));
        console.Line(string.Empty);
        ConsoleTable.Print(
            console,
            ["all devices", .. headings, ">rank", ">trials to 95 %", ">device s", ">thinking ms/trial"],
            options.Tuners.Select(tuner =>
            {
                TunerMean[] means = [.. report.Means.Where(mean => mean.Tuner == tuner.Label).OrderBy(mean => mean.Trials)];
                TunerCost cost = report.Costs.First(each => each.Tuner == tuner.Label);
                return new[] { tuner.Label }.Concat(means.Select(mean => $"{mean.Mean:0.000}")).Concat(
                    [$"{means[^1].Rank:0.00}", Near(cost), $"{cost.DeviceSeconds:0.0}", $"{cost.ThinkingMsPerTrial:0.00}"]).ToArray();
            }));
        foreach (TunerDuel duel in report.Duels.Where(duel => duel.Trials == shown[^1] && duel.AdjustedP < 0.01))
        {
            console.Line($"{(duel.Difference > 0 ? duel.First : duel.Second)} beats {(duel.Difference > 0 ? duel.Second : duel.First)} at "
                + $"{Units.Counted(duel.Trials, "trial")} by {Math.Abs(duel.Difference):0.000} (p {duel.AdjustedP:0.0000})");
        }
    }

    // Searches that did not get there make the mean a lower bound.
    private static string Near(TunerCost cost) => $"{(cost.NearShare < 1 ? "> " : string.Empty)}{cost.TrialsToNear:0} ({cost.NearShare:P0})";

    private TunerBenchmarkOptions Options(Invocation invocation, ImmutableArray<string> names)
    {
        bool learning = invocation.Value(history)!.Length > 0;
        string[] assignments = invocation.Value(tunerOptions)!;
        foreach (string assignment in assignments)
        {
            string tuner = assignment.Split(':', 2)[0];
            if (!assignment.Contains(':') || !names.Contains(tuner))
            {
                throw new CommandFailedException(
                    ExitCode.Usage,
                    ErrorCodes.BadTunerOption,
                    $"--tuner-option {assignment} names no tuner of this comparison.",
                    $"Write --tuner-option {names[^1]}:NAME=VALUE.");
            }
        }

        string? folder = invocation.Value(output);
        var options = new TunerBenchmarkOptions
        {
            Tuners = [.. names.SelectMany(name => Entries(
                name, TunerNames.Bind(
                    name, new SearcherOptions(),
                    [.. assignments.Where(text => text.StartsWith(name + ":")).Select(text => text[(name.Length + 1)..])]), learning))],
            Trials = invocation.Value(trials),
            Seeds = invocation.Value(seeds),
            Batch = invocation.Value(batch),
            Folder = folder,
        };
        try
        {
            return options.Validated();
        }
        catch (ArgumentException wrong)
        {
            throw new CommandFailedException(ExitCode.Usage, ErrorCodes.BadValue, wrong.Message, "attune benchmark-tuners --help");
        }
    }

    // With history every tuner that learns runs twice, so that what it learns can be told from what it is.
    private static IEnumerable<TunerEntry> Entries(string name, SearcherOptions options, bool learning) => learning && SearcherCatalog.Learners.Contains(name)
        ? [new TunerEntry(name, name, options) { Learns = true }, new TunerEntry($"{name} cold", name, options)]
        : [new TunerEntry(name, name, options)];

    private static string CommandText(RecordedSet files, TunerBenchmarkOptions options, ImmutableArray<string> names, string[] history, string[] assignments) =>
        PrintedCommand.Of([
            "benchmark-tuners",
            .. files.Paths.SelectMany(path => (string[])["--device", RecordedSet.Prefix + path]),
            "--tuners", string.Join(',', names),
            .. history.SelectMany(path => (string[])["--history", path]),
            .. assignments.SelectMany(assignment => (string[])["--tuner-option", assignment]),
            "--trials", $"{options.Trials}",
            "--seeds", $"{options.Seeds}",
        ]);

    private sealed class Told(ProgressLine line) : IProgress<TunerBenchmarkProgress>
    {
        public void Report(TunerBenchmarkProgress value) => line.Report(
            $"tuners  {value.Done} of {value.Total} searches{(value.Reused > 0 ? $" ({value.Reused} from earlier)" : string.Empty)} | "
            + $"{value.Last}{(value.Left is { } left ? $" | {Units.Duration(left)} left" : string.Empty)}");
    }
}
