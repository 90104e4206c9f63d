using System.Collections.Immutable;
using System.CommandLine;
using Attune.Cli.Arguments;
using Attune.Cli.Commands;
using Attune.Cli.Models;
using Attune.Cli.Output;
using Attune.Devices;
using Attune.Experiments.Recording;
using Attune.Experiments.Setup;
using Attune.Graph.Passes;
using Attune.Kernels.Backends;
using Attune.Kernels.Templates;
using Attune.Measuring.Workers;
using Attune.Numerics.Words;
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
        ExperimentTask[] matching = int.TryParse(wanted, out int number)
            ? number >= 1 && number <= tasks.Length ? [tasks[number - 1]] : []
            : [.. tasks.Where(task => task.Tuning.Name.Contains(wanted, StringComparison.OrdinalIgnoreCase) || task.Tuning.Key == wanted)];
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
        int order = invocation.Value(seed);
        var origin = new RecordedOrigin(chosen.Tuning.Key, CpuDevice.Detect().Fingerprint.Id, count, KernelTemplates.Generation, chosen.SpaceSignature, order);
        using RecordedSpaceFile file = Open(path, origin, chosen);
        int before = file.Count;
        await using var measurer = new WorkerMeasurer(
            new WorkerSettings { Command = WorkerProcessCommand.CommandLine(chosen.WeightBytes, DeviceName.Cpu), Clock = invocation.Clock });
        long start = invocation.Clock.GetTimestamp();
        FailureTally tally;
        bool stopped = false;
        try
        {
            tally = await new SpaceRecorder(measurer, invocation.Clock).RunAsync(chosen.Tuning, file, count, max, order, Tell, invocation.Cancellation);
        }
        catch (OperationCanceledException)
        {
            tally = new FailureTally();
            stopped = true;
        }

        var data = new
        {
            chosen.Tuning.Name,
            Task = chosen.Tuning.Key,
            Configurations = file.Count,
            Measured = file.Count - before,
            Outcomes = tally.Outcomes.ToDictionary(pair => pair.Key.ToString(), pair => pair.Value),
            Seconds = invocation.Clock.GetElapsedTime(start).TotalSeconds,
            Output = path,
        };
        return new CommandResult(data, report => report.Line($"{chosen.Tuning.Name}: {Units.Counted(file.Count, "configuration")} in {path}, {data.Measured} "
            + $"of them measured now ({Text(tally)}) in {Units.Duration(TimeSpan.FromSeconds(data.Seconds))}"))
        {
            Written = [path, path + ".json"],
            Next = stopped ? null : PrintedCommand.Of("benchmark-tuners", "--device", RecordedSet.Prefix + path, "--trials", "64", "--seeds", "5"),
            Failure = stopped
                ? new Failure(
                    ExitCode.Stopped,
                    ErrorCodes.Stopped,
                    $"Interrupted: {path} holds {Units.Counted(file.Count, "configuration")}.",
                    "Run the same command again to go on from here.")
                : tally.NothingWorked ? Hopeless(chosen, tally) : null,
        };

        void Tell(FailureTally so)
        {
            TimeSpan each = invocation.Clock.GetElapsedTime(start) / so.All;
            invocation.Progress.Report($"record  {file.Count} of at most {max} | {Text(so)} | at most {Units.Duration(each * (max - file.Count))} left");
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

    private static RecordedSpaceFile Open(string path, RecordedOrigin origin, ExperimentTask task)
    {
        try
        {
            return RecordedSpaceFile.Open(path, origin, task.Tuning.Space);
        }
        catch (InvalidDataException other)
        {
            throw new CommandFailedException(ExitCode.Usage, ErrorCodes.MalformedRecording, other.Message, "Name another file with -o, or remove this one.");
        }
    }

    private static string Text(FailureTally tally) =>
        tally.All == 0 ? "nothing new" : string.Join(", ", tally.Outcomes.Select(pair => $"{pair.Value} {Word(pair.Key)}"));

    private static string Word(Outcome outcome) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(outcome.ToString()).Replace('_', ' ');
}
