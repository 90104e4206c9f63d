using System.Collections.Immutable;
using System.CommandLine;
using System.Runtime.InteropServices;
using Attune.Devices;
using Attune.Experiments.Devices;
using Attune.Measuring.Workers;
using Attune.Records.Journals;

namespace Attune.Bench.Searchers;

/// <summary>Compares searchers on this CPU at equal trials. Tables go to stdout, progress to stderr; exit codes as those of attune.</summary>
internal static class Program
{
    private const int Usage = 2;
    private const int Device = 4;
    private const int Stopped = 6;

    private static readonly RaceOptions Defaults = new();
    private static readonly Option<int> Tasks = new("--tasks") { Description = "Different tasks, spread over kinds of layers.", DefaultValueFactory = _ => 6 };
    private static readonly Option<int> Seeds = new("--seeds") { Description = "Runs per task and searcher.", DefaultValueFactory = _ => Defaults.Seeds };
    private static readonly Option<int> Trials = new("--trials") { Description = "Candidates a run may ask for.", DefaultValueFactory = _ => Defaults.Trials };
    private static readonly Option<string> Searchers = new("--searchers")
    {
        Description = "Names, separated by commas; the first is what the others are compared with.",
        DefaultValueFactory = _ => string.Join(',', Defaults.Searchers),
    };
    private static readonly Option<int> Threads = new("--threads") { Description = "Threads of the kernels.", DefaultValueFactory = _ => Defaults.Threads };
    private static readonly Option<int> Batch = new("--batch") { Description = "Candidates asked for at a time.", DefaultValueFactory = _ => Defaults.Batch };
    private static readonly Option<int> FinalRounds = new("--final-rounds")
    {
        Description = "Times that the best of every run is measured again.",
        DefaultValueFactory = _ => Defaults.FinalRounds,
    };
    private static readonly Option<string> Records = new("--records")
    {
        Description = "Journal of the measurements; the same command resumes from it.",
        DefaultValueFactory = _ => "artifacts/bench/searchers.jsonl",
    };
    private static readonly Option<string> Attune = new("--attune")
    {
        Description = "The attune.dll whose worker measures.",
        DefaultValueFactory = _ => Path.Combine(AppContext.BaseDirectory, "attune.dll"),
    };
    private static readonly Option<bool> Json = new("--json") { Description = "Print one JSON document instead of Markdown." };

    private static async Task<int> Main(string[] arguments)
    {
        using var interrupted = new CancellationTokenSource();
        void Stop(PosixSignalContext signal)
        {
            // The first Ctrl-C keeps what was found, the second one ends the process at once.
            if (!interrupted.IsCancellationRequested)
            {
                signal.Cancel = true;
                interrupted.Cancel();
            }
        }

        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var root = new RootCommand("Compares searchers on real measurements at equal trials. Example: bench/searchers/run --seeds 10 --trials 64")
        {
            Tasks, Seeds, Trials, Searchers, Threads, Batch, FinalRounds, Records, Attune, Json,
        };
        root.SetAction((parsed, _) => RunAsync(parsed, interrupted.Token));
        ParseResult result = root.Parse(arguments);
        int exit = await result.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null }, CancellationToken.None);
        return result.Errors.Count > 0 ? Usage : exit;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var options = new RaceOptions
        {
            Searchers = [.. parsed.GetValue(Searchers)!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)],
            Seeds = parsed.GetValue(Seeds),
            Trials = parsed.GetValue(Trials),
            Threads = parsed.GetValue(Threads),
            Batch = parsed.GetValue(Batch),
            FinalRounds = parsed.GetValue(FinalRounds),
        };
        string attune = Path.GetFullPath(parsed.GetValue(Attune)!);
        ImmutableArray<string> problems =
        [
            .. options.Problems(), .. File.Exists(attune) ? Array.Empty<string>() : [$"there is no {attune}: build it with bench/searchers/run"],
        ];
        if (!problems.IsEmpty)
        {
            return Fail(string.Join("; ", problems), Usage);
        }

        try
        {
            return await RaceAsync(options, parsed.GetValue(Tasks), attune, parsed.GetValue(Records)!, parsed.GetValue(Json), cancellation);
        }
        catch (ArgumentOutOfRangeException wrong)
        {
            return Fail($"--tasks: {wrong.Message}", Usage);
        }
        catch (JournalException failure)
        {
            return Fail($"{failure.Message} {failure.Next}", Usage);
        }
        catch (WorkerUnavailableException failure)
        {
            return Fail(failure.Message, Device);
        }
        catch (RaceFailedException failure)
        {
            return Fail(failure.Message, Usage);
        }
    }

    private static async Task<int> RaceAsync(RaceOptions options, int count, string attune, string records, bool json, CancellationToken cancellation)
    {
        TimeProvider clock = TimeProvider.System;
        ImmutableArray<BenchTask> tasks = BenchTasks.Choose(count);
        var device = CpuDevice.Detect();
        using var journal = Journal.Open(records);
        var memo = new MeasurementMemo(journal, device.Fingerprint.Id, options.Threads, clock);
        var progress = new RaceProgress(
            Console.Error, !Console.IsErrorRedirected, clock, tasks.Length * options.Seeds * options.Searchers.Length * options.Trials);
        var race = new SearcherRace(
            options, memo, task => new WorkerMeasurer(new WorkerSettings { Command = WorkerOf(attune, task), Clock = clock }), progress);
        long start = clock.GetTimestamp();
        bool complete = await race.RunAsync(tasks, cancellation);
        progress.Finish();
        var report = new RaceReport(
            options,
            race.Finished,
            complete,
            device.Identity.Brand,
            device.Fingerprint.Id,
            clock.GetUtcNow(),
            clock.GetElapsedTime(start),
            memo.Measured,
            memo.Reused);
        if (json)
        {
            report.WriteJson(Console.Out);
        }
        else
        {
            report.WriteMarkdown(Console.Out);
        }

        return complete ? 0 : Fail($"Interrupted after {race.Finished.Count} of {tasks.Length} tasks. The same command goes on from {records}.", Stopped);
    }

    private static WorkerCommand WorkerOf(string attune, BenchTask task) => new(
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet",
        [attune, "worker", "--weight-footprint", $"{task.WeightBytes}"]);

    private static int Fail(string message, int code)
    {
        Console.Error.WriteLine($"searchers: {message}");
        return code;
    }
}
