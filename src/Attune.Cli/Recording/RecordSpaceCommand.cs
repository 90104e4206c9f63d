using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Arguments;
using Attune.Cli.Commands;
using Attune.Cli.Models;
using Attune.Cli.Output;
using Attune.Compile.Models;
using Attune.Experiments.Recording;
using Attune.Experiments.Setup;
using Attune.Kernels.Backends;
using Attune.Numerics.Words;
using Attune.Passes;
using Attune.Records;
using Attune.Tuning.Recorded;

namespace Attune.Cli.Recording;

/// <summary><c>attune record-space</c>: measures one task's space once, so that tuners can be compared on it for ever after.</summary>
internal sealed class RecordSpaceCommand : CliCommand
{
    private readonly Argument<string> model = ModelLoader.Argument();
    private readonly Option<string?> task = new("--task")
    {
        Description = "Number of the task, or part of its name; without it the tasks are listed.",
        HelpName = "N",
    };
    private readonly Option<int> limit = new("--limit")
    {
        Description = "Maximum number of configurations to measure; a larger space is sampled uniformly.",
        HelpName = "N",
        DefaultValueFactory = _ => 20_000,
    };
    private readonly Option<string?> output = new("--output", "-o")
    {
        Description = "The CSV file to write; with an existing one, go on where it ends.",
        HelpName = "FILE",
    };
    private readonly Option<int?> threads = SharedOptions.Threads();
    private readonly Option<int> seed = new("--seed")
    {
        Description = "Seed of the order in which configurations are measured.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };
    private readonly Option<string[]> shape = SharedOptions.Shape();

    public RecordSpaceCommand()
        : base(
            "record-space",
            "Measure every configuration of one task, or a uniform sample, once. The file is a device for benchmark-tuners and experiment: "
            + "--device recorded:FILE.",
            "attune record-space zoo:resnet18 --task 3 --limit 2000 --threads 1 -o layer3.csv",
            "attune record-space model.onnx")
    {
        Command.Arguments.Add(model);
        foreach (Option option in new Option[] { task, limit, output, threads, seed, shape })
        {
            Command.Options.Add(option);
        }
    }

    /// <inheritdoc/>
    public override async Task<CommandResult> RunAsync(Invocation invocation)
    {
        int max = invocation.Value(limit);
        if (max < 1)
        {
            throw new CommandFailedException(ExitCode.Usage, ErrorCodes.BadValue, $"--limit {max} is below 1.", "Use --limit 20000.");
        }

        int count = SharedOptions.CheckThreads(invocation.Value(threads));
        LoadedModel loaded = ModelLoader.Load(invocation.Value(model)!, invocation.Value(shape)!);
        ImmutableArray<ExperimentTask> tasks = NetworkTasks.Of(loaded.BaseName, PassPipeline.Default.Run(loaded.Network));
        string[] again = ["record-space", invocation.Value(model)!, .. invocation.Given(shape)];
        if (invocation.Value(task) is not { } wanted)
        {
            return Listing(tasks, again);
        }

        ExperimentTask chosen = Choose(tasks, wanted, again);
        string path = invocation.Value(output) ?? $"{loaded.BaseName}-task{tasks.IndexOf(chosen) + 1}.csv";
        return await RecordAsync(invocation, chosen, path, count, max);
    }

    private static CommandResult Listing(ImmutableArray<ExperimentTask> tasks, string[] again)
    {
        var rows = tasks.Select((task, i) => new { Number = i + 1, task.Tuning.Name, task.Tuning.Key, SpaceSize = task.Tuning.Space.Count }).ToArray();
        return new CommandResult(new { Tasks = rows }, report => ReportTable.Print(
            report,
            [">#", "task", ">space (with invalid points)"],
            rows.Select(row => new[] { $"{row.Number}", row.Name, Units.Count(row.SpaceSize) })))
        {
            Next = PrintedCommand.Of([.. again, "--task", "1", "--limit", "2000", "-o", "task1.csv"]),
        };
    }

    private static ExperimentTask Choose(ImmutableArray<ExperimentTask> tasks, string wanted, string[] again)
    {
        ImmutableArray<ExperimentTask> matching = NetworkTasks.Matching(tasks, wanted);
        return matching switch
        {
            [var one] => one,
            [] => throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.BadValue,
                $"The model has no task '{wanted}': it has "
                + $"{tasks.Length}{(NearMiss.Find(wanted, tasks.Select(task => task.Tuning.Name)) is { } near ? $", among them '{near}'" : string.Empty)}.",
                $"To list them: {PrintedCommand.Of(again)}"),
            _ => throw new CommandFailedException(
                ExitCode.Usage,
                ErrorCodes.BadValue,
                $"--task '{wanted}' fits {Units.Counted(matching.Length, "task")}: {string.Join(", ", matching.Select(task => task.Tuning.Name))}.",
                $"Give its number; to list them: {PrintedCommand.Of(again)}"),
        };
    }

    private async Task<CommandResult> RecordAsync(Invocation invocation, ExperimentTask chosen, string path, int count, int max)
    {
        TargetFile.Check(path, "-o");
        var options = new SpaceRecordingOptions
        {
            Path = path,
            Worker = WorkerProcessCommand.CommandLine(chosen.WeightBytes, DeviceName.Cpu),
            Threads = count,
            Limit = max,
            Seed = invocation.Value(seed),
        };
        SpaceRecordingOutcome outcome = (await new SpaceRecording(chosen, options, invocation.Clock).RunAsync(Tell, invocation.Cancellation)).OrThrow(
            other => new CommandFailedException(ExitCode.Usage, ErrorCodes.MalformedRecording, other, "Name another file with -o, or remove this one."));
        FailureTally tally = outcome.Tally;
        var data = new
        {
            chosen.Tuning.Name,
            Task = chosen.Tuning.Key,
            outcome.Configurations,
            outcome.Measured,
            Outcomes = tally.Outcomes.ToDictionary(pair => pair.Key.ToString(), pair => pair.Value),
            Seconds = outcome.Elapsed.TotalSeconds,
            Output = path,
        };
        return new CommandResult(data, report => report.Line(
            $"{chosen.Tuning.Name}: {Units.Counted(outcome.Configurations, "configuration")} in {path}, {outcome.Measured} "
            + $"of them measured now ({Text(tally)}) in {Units.Duration(outcome.Elapsed)}"))
        {
            Written = [path, path + ".json"],
            Next = outcome.WasStopped ? null : PrintedCommand.Of("benchmark-tuners", "--device", RecordedSet.Prefix + path, "--trials", "64", "--seeds", "5"),
            Failure = outcome.WasStopped
                ? new Failure(
                    ExitCode.Stopped,
                    ErrorCodes.Stopped,
                    $"Interrupted: {path} holds {Units.Counted(outcome.Configurations, "configuration")}.",
                    "Run the same command again to go on from here.")
                : tally.NothingWorked ? Hopeless(chosen, tally) : null,
        };

        void Tell(SpaceRecordingProgress so)
        {
            TimeSpan left = so.Elapsed / so.Tally.All * (max - so.Configurations);
            invocation.Progress.Report($"record  {so.Configurations} of at most {max} | {Text(so.Tally)} | at most {Units.Duration(left)} left");
        }
    }

    private static Failure Hopeless(ExperimentTask task, FailureTally tally) => new(
        ExitCode.Gate,
        ErrorCodes.NothingWorked,
        $"{task.Tuning.Name}: none of {tally.All} configurations worked ({Text(tally)}).",
        "attune doctor")
    {
        Details = tally.FirstMessage is { } first ? [$"the first one: {first}"] : [],
    };

    private static string Text(FailureTally tally) =>
        tally.All == 0 ? "nothing new" : string.Join(", ", tally.Outcomes.Select(pair => $"{pair.Value} {Word(pair.Key)}"));

    private static string Word(Outcome outcome) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(outcome.ToString()).Replace('_', ' ');
}
