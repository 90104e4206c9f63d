using System.Collections.Immutable;
using Attune.Experiments.Devices;
using Attune.Kernels.Spaces;
using Attune.Measuring;
using Attune.Records;
using Attune.Records.Journals;
using Attune.Tuning.Run;

namespace Attune.Bench.Searchers.Tests;

public sealed class SearcherRaceTests : IDisposable
{
    private const int Trials = 12;
    private static readonly RaceOptions Options = new() { Searchers = ["random", "bao"], Seeds = 3, Trials = Trials, FinalRounds = 2, Batch = 4 };
    private readonly string folder = Directory.CreateTempSubdirectory("attune-race-").FullName;

    private string JournalPath => Path.Combine(folder, "race.jsonl");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Every_run_has_the_same_trials_and_no_configuration_is_searched_twice()
    {
        var device = new FormulaDevice();
        using var journal = Journal.Open(JournalPath);

        SearcherRace race = Race(device, journal);
        (await race.RunAsync([Task("a"), Task("b")], CancellationToken.None)).ShouldBeTrue();

        race.Finished.Count.ShouldBe(2);
        race.Finished.ShouldAllBe(task => task.Runs.Length == 6 && task.Runs.All(run => run.Trials == Trials));
        device.Searched.Count.ShouldBe(device.Searched.Distinct().Count());
    }

    [Fact]
    public async Task The_score_is_the_time_of_the_second_measurement()
    {
        // Whatever is measured again is twice as slow as the search saw it.
        var device = new FormulaDevice { Again = 2 };
        using var journal = Journal.Open(JournalPath);

        SearcherRace race = Race(device, journal);
        await race.RunAsync([Task("a")], CancellationToken.None);

        foreach (RaceRun run in race.Finished[0].Runs)
        {
            run.SearchMs.ShouldBe(FormulaDevice.TimeOf(run.BestIndex));
            run.BestMs.ShouldBe(2 * run.SearchMs);
        }
    }

    [Fact]
    public async Task A_finished_comparison_repeats_from_its_journal_without_searching_anew()
    {
        var first = new FormulaDevice();
        SearcherRace before;
        using (var journal = Journal.Open(JournalPath))
        {
            before = Race(first, journal);
            await before.RunAsync([Task("a")], CancellationToken.None);
        }

        var second = new FormulaDevice { SearchIsForbidden = true };
        using var again = Journal.Open(JournalPath);
        SearcherRace after = Race(second, again);
        await after.RunAsync([Task("a")], CancellationToken.None);

        after.Finished[0].Runs.ShouldBe(before.Finished[0].Runs);
    }

    [Fact]
    public async Task Interrupting_keeps_the_tasks_that_are_done()
    {
        using var interrupted = new CancellationTokenSource();
        var device = new FormulaDevice { OnTask = key => { if (key == "b") { interrupted.Cancel(); } } };
        using var journal = Journal.Open(JournalPath);

        SearcherRace race = Race(device, journal);
        (await race.RunAsync([Task("a"), Task("b")], interrupted.Token)).ShouldBeFalse();

        race.Finished.ShouldHaveSingleItem().Task.Task.Key.ShouldBe("a");
    }

    [Fact]
    public async Task The_tables_name_every_task_and_the_verdict()
    {
        using var journal = Journal.Open(JournalPath);
        SearcherRace race = Race(new FormulaDevice(), journal);
        await race.RunAsync([Task("a"), Task("b")], CancellationToken.None);
        var report = new RaceReport(Options, race.Finished, true, "cpu", "device", DateTimeOffset.UnixEpoch, TimeSpan.FromMinutes(1), 1, 2);

        var text = new StringWriter();
        report.WriteMarkdown(text);

        string[] rows = [.. text.ToString().Split('\n').Where(line => line.StartsWith('|'))];
        rows.Length.ShouldBe(4);
        rows.Select(row => row.Count(letter => letter == '|')).Distinct().Count().ShouldBe(1);
        text.ToString().ShouldContain("over 6 pairs");
    }

    private static SearcherRace Race(FormulaDevice device, Journal journal) => new(
        Options,
        new MeasurementMemo(journal, "device", Options.Threads, TimeProvider.System),
        _ => device,
        new RaceProgress(TextWriter.Null, interactive: false, TimeProvider.System, 1));

    private static BenchTask Task(string key) => new(
        "kind",
        "network",
        new TuningTask(key, key, new Space([Knob.Scale("x", [.. Enumerable.Range(1, 16)]), Knob.Scale("y", [.. Enumerable.Range(1, 16)])], _ => true), 0, 1, 0),
        0);

    /// <summary>A device whose times follow from the index. A request without a limit, but for the first one of the default, is a re-measurement.</summary>
    private sealed class FormulaDevice : IMeasurer
    {
        public double Again { get; init; } = 1;

        public bool SearchIsForbidden { get; init; }

        public Action<string> OnTask { get; init; } = _ => { };

        public List<(string Task, long Index)> Searched { get; } = [];

        public static double TimeOf(long index) => 1 + (index * 37 % 101 / 101.0);

        public Task<MeasureResult> MeasureAsync(MeasureRequest request, CancellationToken cancellation)
        {
            OnTask(request.Task);
            cancellation.ThrowIfCancellationRequested();
            bool searching = request.BestMs is not null;
            if (searching)
            {
                SearchIsForbidden.ShouldBeFalse();
                Searched.Add((request.Task, request.Index));
            }

            double ms = TimeOf(request.Index) * (searching ? 1 : Again);
            ImmutableArray<double> times = [ms];
            return System.Threading.Tasks.Task.FromResult(new MeasureResult(Outcome.Ok, times, ms, 0, 0, null));
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
