using System.Collections.Immutable;
using Attune.Kernels.Spaces;
using Attune.Measuring;
using Attune.Records;
using Attune.Tuning.Recorded;
using Attune.Tuning.Run;

namespace Attune.Tuning.Tests.Run;

public sealed class TuningRunTests
{
    private readonly ManualClock clock = new();

    [Fact]
    public async Task Every_default_is_measured_first_and_the_best_configurations_come_back()
    {
        ImmutableArray<TuningTask> tasks = Tasks(3);
        var log = new MemoryTrialLog();
        var events = new List<TuningEvent>();
        FakeMeasurer measurer = Smooth(tasks);
        TuningReport report = await new TuningRun(tasks, new() { Trials = 120 }, measurer, log, clock, events.Add).RunAsync(CancellationToken.None);

        measurer.Requests.Take(3).Select(request => request.Task).Order().ShouldBe(["t0", "t1", "t2"]);
        measurer.Requests.Take(3).ShouldAllBe(request => request.Index == Landscape.Start);
        report.End.ShouldBe(RunEnd.TrialsSpent);
        report.Trials.ShouldBe(120);
        report.Tasks.Sum(task => task.Trials).ShouldBe(120);
        foreach (TaskReport task in report.Tasks)
        {
            task.BestMs.ShouldNotBeNull();
            task.BestMs.Value.ShouldBe(TimeOf(task.Task, task.BestIndex), 1e-12);
            task.DefaultMs!.Value.ShouldBe(TimeOf(task.Task, Landscape.Start), 1e-12);
            task.BestMs.Value.ShouldBeLessThan(task.DefaultMs.Value);
            task.IsConfirmed.ShouldBeTrue();
            task.Outcomes[Outcome.Ok].ShouldBe(task.Trials);
        }

        report.ModelLatencyAfterMs!.Value.ShouldBe(report.Tasks.Sum(task => task.Task.Weight * task.BestMs!.Value), 1e-9);
        report.ModelLatencyAfterMs.Value.ShouldBeLessThan(report.ModelLatencyBeforeMs!.Value);
        log.Trials.Count.ShouldBe(measurer.Requests.Count);
        TrialMeasured last = events.OfType<TrialMeasured>().Last();
        last.TotalTrials.ShouldBe(120);
        last.TimeLeft.ShouldBeNull();
        last.ModelLatencyMs.ShouldNotBeNull();
    }

    [Fact]
    public async Task Equal_seeds_give_equal_runs()
    {
        (await Requests(3)).ShouldBe(await Requests(3));
        (await Requests(3)).ShouldNotBe(await Requests(4));

        async Task<string[]> Requests(int seed)
        {
            ImmutableArray<TuningTask> tasks = Tasks(2);
            FakeMeasurer measurer = Smooth(tasks);
            await new TuningRun(tasks, new() { Trials = 60, Seed = seed }, measurer, new MemoryTrialLog(), clock).RunAsync(CancellationToken.None);
            return [.. measurer.Requests.Select(request => $"{request.Task}:{request.Index}")];
        }
    }

    [Fact]
    public async Task A_run_on_a_recorded_device_is_repeatable_to_the_last_digit()
    {
        Space space = Landscape.MakeSpace();
        var table = new StringWriter();
        await table.WriteLineAsync(string.Join(',', space.Knobs.Select(knob => knob.Name)) + ",status,time_ms,time_sd_ms,compile_ms,benchmark_ms");
        for (long point = 0; point < space.Count; point += 3)
        {
            string status = point % 7 == 0 ? "compile_error,0" : $"ok,{Landscape.TimeOf(space, point)}";
            await table.WriteLineAsync(string.Join(',', space.Knobs.Select(knob => space[point].Label(knob.Name))) + $",{status},0,1,1");
        }

        (await Run()).ShouldBe(await Run());

        async Task<string> Run()
        {
            await using RecordedDevice device = RecordedDevice.Read("device", new StringReader(table.ToString()));
            long start = Enumerable.Range(0, (int)device.Space.Count).First(index => device.Space.IsValid(index));
            ImmutableArray<TuningTask> tasks = [new("recorded", "recorded", device.Space, start, 2, 0)];
            var log = new MemoryTrialLog();
            TuningReport report = await new TuningRun(tasks, new() { Trials = 150, Seed = 8 }, device, log, clock).RunAsync(CancellationToken.None);
            report.Tasks[0].Outcomes.ShouldContainKey(Outcome.CompileError);
            return $"{report.Tasks[0].Best} {report.Tasks[0].BestMs} {string.Join(' ', log.Trials.Select(trial => trial.Index))}";
        }
    }

    [Fact]
    public async Task A_time_budget_is_kept_the_final_measurement_included()
    {
        ImmutableArray<TuningTask> tasks = Tasks(3);
        var budget = TimeSpan.FromSeconds(8);
        TuningReport report = await new TuningRun(
            tasks, new() { Budget = budget }, Smooth(tasks), new MemoryTrialLog(), clock).RunAsync(CancellationToken.None);
        report.End.ShouldBe(RunEnd.TimeSpent);
        report.Elapsed.ShouldBeLessThanOrEqualTo(budget);
        report.Elapsed.ShouldBeGreaterThan(0.9 * budget);
        report.Tasks.ShouldAllBe(task => task.IsConfirmed);
        report.MeasureTime.ShouldBe(report.Elapsed);
    }

    [Fact]
    public async Task A_budget_too_small_for_all_defaults_and_finals_is_kept_as_well()
    {
        ImmutableArray<TuningTask> tasks = Tasks(5);
        TuningReport report = await new TuningRun(
            tasks, new() { Budget = TimeSpan.FromMilliseconds(50) }, Smooth(tasks), new MemoryTrialLog(), clock).RunAsync(CancellationToken.None);
        report.Trials.ShouldBe(3);
        report.ModelLatencyBeforeMs.ShouldBeNull();

        // The heaviest tasks went first; those not reached fall back to their default.
        report.Tasks.Count(task => task.DefaultMs is null).ShouldBe(2);
        report.Tasks.ShouldAllBe(task => task.BestIndex == Landscape.Start);
    }

    [Fact]
    public async Task When_time_is_short_the_heaviest_tasks_are_confirmed()
    {
        ImmutableArray<TuningTask> tasks = Tasks(3);
        TuningReport report = await new TuningRun(
            tasks, new() { Budget = TimeSpan.FromSeconds(3) }, Smooth(tasks), new MemoryTrialLog(), clock).RunAsync(CancellationToken.None);
        report.Elapsed.ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(3));
        report.Tasks.Count(task => task.IsConfirmed).ShouldBe(2);
    }

    [Fact]
    public async Task The_task_that_takes_most_of_the_model_gets_most_trials()
    {
        ImmutableArray<TuningTask> tasks = [MakeTask("small", 1), MakeTask("large", 20)];
        TuningReport report = await new TuningRun(tasks, new() { Trials = 130 }, Smooth(tasks), new MemoryTrialLog(), clock).RunAsync(CancellationToken.None);
        report.Tasks[1].Trials.ShouldBeGreaterThan(2 * report.Tasks[0].Trials);
    }

    [Fact]
    public async Task Cancelling_keeps_everything_found()
    {
        ImmutableArray<TuningTask> tasks = Tasks(2);
        using var source = new CancellationTokenSource();
        var log = new MemoryTrialLog();
        FakeMeasurer measurer = Smooth(tasks, before: count =>
        {
            if (count == 40)
            {
                source.Cancel();
            }
        });
        TuningReport report = await new TuningRun(tasks, new() { Trials = 1000 }, measurer, log, clock).RunAsync(source.Token);
        report.End.ShouldBe(RunEnd.Cancelled);
        report.Trials.ShouldBe(40);
        log.Trials.Count.ShouldBe(40);
        report.Tasks.ShouldAllBe(task => task.BestMs != null && !task.IsConfirmed);
        foreach (TaskReport task in report.Tasks)
        {
            task.BestMs!.Value.ShouldBe(log.Trials.Where(trial => trial.TaskKey == task.Task.Key).Min(trial => trial.Result.MedianMs));
        }
    }

    [Fact]
    public async Task A_resumed_run_measures_only_what_is_new()
    {
        ImmutableArray<TuningTask> tasks = Tasks(2);
        var log = new MemoryTrialLog();
        using var source = new CancellationTokenSource();
        FakeMeasurer first = Smooth(tasks, before: count =>
        {
            if (count == 50)
            {
                source.Cancel();
            }
        });
        await new TuningRun(tasks, new() { Trials = 100 }, first, log, clock).RunAsync(source.Token);

        var events = new List<TuningEvent>();
        FakeMeasurer second = Smooth(tasks);
        TuningReport report = await new TuningRun(
            tasks, new() { Trials = 100, FinalCandidates = 0 }, second, log, clock, events.Add).RunAsync(CancellationToken.None);
        report.Replayed.ShouldBe(50);
        report.Trials.ShouldBe(100);
        second.Requests.Count.ShouldBe(50);
        second.Requests.Select(Name).Intersect(first.Requests.Select(Name)).ShouldBeEmpty();
        events.OfType<TrialsReplayed>().Sum(replay => replay.Taken).ShouldBe(50);
        report.Tasks.ShouldAllBe(task => task.DefaultMs != null);

        static string Name(MeasureRequest request) => $"{request.Task}:{request.Index}";
    }

    [Fact]
    public async Task Records_of_other_threads_or_another_template_are_not_taken_over()
    {
        ImmutableArray<TuningTask> tasks = Tasks(1);
        var log = new MemoryTrialLog();
        log.Append(new Trial("t0", 3, tasks[0].Space[3].ToLabels(), 2, FakeMeasurer.Timed(1), "random", 1, clock.GetUtcNow()));
        log.Append(new Trial("t0", 4, new Dictionary<string, string> { ["old"] = "1" }, 1, FakeMeasurer.Timed(1), "random", 1, clock.GetUtcNow()));
        var events = new List<TuningEvent>();
        TuningReport report = await new TuningRun(tasks, new() { Trials = 5 }, Smooth(tasks), log, clock, events.Add).RunAsync(CancellationToken.None);
        report.Replayed.ShouldBe(0);
        events.OfType<TrialsReplayed>().Single().Unknown.ShouldBe(1);
    }

    [Fact]
    public async Task A_task_whose_candidates_only_crash_is_given_up_with_the_cause()
    {
        ImmutableArray<TuningTask> tasks = Tasks(2);
        var measurer = new FakeMeasurer(clock, tasks, (task, point) =>
            task.Key == "t0" && point.Index != Landscape.Start
                ? MeasureResult.Failed(Outcome.Crash, "worker exited with 139")
                : FakeMeasurer.Timed(TimeOf(task, point.Index)));
        var events = new List<TuningEvent>();
        TuningReport report = await new TuningRun(
            tasks, new() { Trials = 200, FailuresInARow = 10 }, measurer, new MemoryTrialLog(), clock, events.Add).RunAsync(CancellationToken.None);
        TaskReport failing = report.Tasks[0];
        failing.End.ShouldBe(TaskEnd.Failing);
        failing.Outcomes[Outcome.Crash].ShouldBeInRange(10, 17);
        failing.LastFailure.ShouldBe("worker exited with 139");
        failing.BestIndex.ShouldBe(Landscape.Start);
        events.OfType<TaskEnded>().Single(ended => ended.Task.Key == "t0").Message.ShouldBe("worker exited with 139");
        report.Tasks[1].Trials.ShouldBeGreaterThan(100);
    }

    [Fact]
    public async Task A_run_in_which_nothing_works_is_given_up_with_the_first_cause()
    {
        ImmutableArray<TuningTask> tasks = Tasks(20);
        int asked = 0;
        var measurer = new FakeMeasurer(clock, tasks, (_, _) => MeasureResult.Failed(Outcome.Crash, $"failure {++asked}"));
        TuningReport report = await new TuningRun(
            tasks, new() { Trials = 5000, FailuresInARow = 10 }, measurer, new MemoryTrialLog(), clock).RunAsync(CancellationToken.None);
        report.End.ShouldBe(RunEnd.NothingWorked);
        report.FirstFailure.ShouldBe("failure 1");
        measurer.Requests.Count.ShouldBeLessThan(40, "twenty tasks must not each fail to their own end");
    }

    [Fact]
    public async Task Without_a_new_best_a_task_converges_and_a_small_space_is_exhausted()
    {
        var tiny = new TuningTask("tiny", "tiny", new Space([Knob.Scale("a", 1, 2, 4)]), 0, 1, 0);
        ImmutableArray<TuningTask> tasks = [MakeTask("flat", 1), tiny];
        var measurer = new FakeMeasurer(clock, tasks, (_, _) => FakeMeasurer.Timed(1));
        TuningReport report = await new TuningRun(
            tasks, new() { Trials = 10_000, Patience = 30 }, measurer, new MemoryTrialLog(), clock).RunAsync(CancellationToken.None);
        report.End.ShouldBe(RunEnd.TasksEnded);
        report.Tasks[0].End.ShouldBe(TaskEnd.Converged);
        report.Tasks[0].Trials.ShouldBeInRange(31, 40);
        report.Tasks[1].End.ShouldBe(TaskEnd.Exhausted);
        report.Tasks[1].Trials.ShouldBe(3);
    }

    [Fact]
    public async Task A_lucky_first_time_does_not_survive_the_final_measurement()
    {
        // The first measurement of "b" flatters it; measured again it is slower than "a".
        var space = new Space([Knob.Choice("k", "default", "a", "b")]);
        ImmutableArray<TuningTask> tasks = [new TuningTask("n", "k", space, 0, 1, 0)];
        bool flattered = false;
        var measurer = new FakeMeasurer(clock, tasks, (_, point) =>
        {
            if (point.Label("k") == "b" && !flattered)
            {
                flattered = true;
                return FakeMeasurer.Timed(0.5);
            }

            return FakeMeasurer.Timed(point.Label("k") switch { "a" => 1, "b" => 1.2, _ => 2 });
        });
        TuningReport report = await new TuningRun(tasks, new() { Trials = 3 }, measurer, new MemoryTrialLog(), clock).RunAsync(CancellationToken.None);
        report.Tasks[0].Best.Label("k").ShouldBe("a");
        report.Tasks[0].BestMs.ShouldBe(1);
        report.Tasks[0].DefaultMs.ShouldBe(2);
    }

    [Fact]
    public async Task A_machine_that_becomes_twice_as_slow_half_way_leaves_true_gains()
    {
        ImmutableArray<TuningTask> tasks = Tasks(3);
        int asked = 0;
        var measurer = new FakeMeasurer(clock, tasks, (task, point) => FakeMeasurer.Timed(TimeOf(task, point.Index) * (++asked > 60 ? 2 : 1)));
        TuningReport report = await new TuningRun(tasks, new() { Trials = 120 }, measurer, new MemoryTrialLog(), clock).RunAsync(CancellationToken.None);
        report.Tasks.ShouldAllBe(task => task.IsConfirmed);
        foreach (TaskReport task in report.Tasks)
        {
            double truth = TimeOf(task.Task, Landscape.Start) / TimeOf(task.Task, task.BestIndex);
            truth.ShouldBeGreaterThanOrEqualTo(1);
            (task.DefaultMs!.Value / task.BestMs!.Value).ShouldBe(truth, 1e-9);
        }
    }

    [Fact]
    public async Task Under_bursts_a_default_that_is_best_is_kept()
    {
        // About every sixth measurement takes 1.4 times as long, less than what the others are slower by.
        ImmutableArray<TuningTask> tasks = Tasks(2);
        var random = new Random(4);
        var measurer = new FakeMeasurer(
            clock, tasks, (_, point) => FakeMeasurer.Timed((point.Index == Landscape.Start ? 1 : 1.5) * (random.Next(6) == 0 ? 1.4 : 1)));
        TuningReport report = await new TuningRun(tasks, new() { Trials = 80 }, measurer, new MemoryTrialLog(), clock).RunAsync(CancellationToken.None);
        report.Tasks.ShouldAllBe(task => task.BestIndex == Landscape.Start && task.DefaultMs == task.BestMs);
    }

    [Fact]
    public async Task A_wrong_result_at_any_time_disqualifies_for_good()
    {
        // "a" is the fastest, right twice and wrong the third time it is measured.
        var space = new Space([Knob.Choice("k", "default", "a", "b")]);
        ImmutableArray<TuningTask> tasks = [new TuningTask("n", "k", space, 0, 1, 0)];
        int measured = 0;
        MeasureResult Answer(Configuration point) => point.Label("k") switch
        {
            "a" => ++measured == 3 ? MeasureResult.Failed(Outcome.WrongResult, "wrong now and then") : FakeMeasurer.Timed(1),
            "b" => FakeMeasurer.Timed(1.5),
            _ => FakeMeasurer.Timed(2),
        };
        var log = new MemoryTrialLog();
        var events = new List<TuningEvent>();
        var measurer = new FakeMeasurer(clock, tasks, (_, point) => Answer(point));
        TuningReport report = await new TuningRun(
            tasks, new() { Trials = 3, FinalRounds = 5 }, measurer, log, clock, events.Add).RunAsync(CancellationToken.None);
        report.Tasks[0].Best.Label("k").ShouldBe("b");
        report.Tasks[0].Disqualified.ShouldBe([1]);
        report.Tasks[0].Finalists.Select(finalist => finalist.Index).ShouldBe([2, 0]);
        measured.ShouldBe(3, "what was wrong once is not measured again");
        log.Trials.Count(trial => trial.Index == 1 && trial.Result.Outcome == Outcome.WrongResult).ShouldBe(1);
        events.OfType<ConfigurationDisqualified>().ShouldHaveSingleItem().Index.ShouldBe(1);

        // A later run reads that it was right before it reads that it was wrong.
        TuningReport later = await new TuningRun(
            tasks, new() { Trials = 3 }, new FakeMeasurer(clock, tasks, (_, point) => Answer(point)), log, clock).RunAsync(CancellationToken.None);
        later.Replayed.ShouldBe(3);
        later.Tasks[0].Best.Label("k").ShouldBe("b");
        later.Tasks[0].Outcomes[Outcome.WrongResult].ShouldBe(1);
    }

    [Fact]
    public async Task What_was_wrong_with_other_threads_does_not_win_here()
    {
        var space = new Space([Knob.Choice("k", "default", "a", "b")]);
        ImmutableArray<TuningTask> tasks = [new TuningTask("n", "k", space, 0, 1, 0)];
        var log = new MemoryTrialLog();
        log.Append(new Trial("k", 1, space[1].ToLabels(), 2, MeasureResult.Failed(Outcome.WrongResult, "wrong"), "random", 1, clock.GetUtcNow()));
        var measurer = new FakeMeasurer(clock, tasks, (_, point) => FakeMeasurer.Timed(point.Label("k") == "a" ? 1 : 2));
        TuningReport report = await new TuningRun(tasks, new() { Trials = 3 }, measurer, log, clock).RunAsync(CancellationToken.None);
        report.Tasks[0].Best.Label("k").ShouldNotBe("a");
    }

    [Fact]
    public async Task The_chosen_one_is_compared_on_fresh_inputs_and_the_next_best_takes_its_place()
    {
        var space = new Space([Knob.Choice("k", "default", "a", "b")]);
        ImmutableArray<TuningTask> tasks = [new TuningTask("n", "k", space, 0, 1, 0)];
        var log = new MemoryTrialLog();
        var measurer = new FakeMeasurer(clock, tasks, (_, point) => FakeMeasurer.Timed(point.Label("k") switch { "a" => 1, "b" => 1.5, _ => 2 }))
        {
            Check = point => point.Label("k") == "a" ? MeasureResult.Failed(Outcome.WrongResult, "wrong once in a hundred") : FakeMeasurer.Timed(1),
        };
        TuningReport report = await new TuningRun(tasks, new() { Trials = 3 }, measurer, log, clock).RunAsync(CancellationToken.None);
        report.Tasks[0].Best.Label("k").ShouldBe("b");
        report.Tasks[0].BestMs.ShouldBe(1.5);
        report.Tasks[0].Confirmed.ShouldBe([2]);
        measurer.Checks.Select(check => check.Index).ShouldBe([1, 2]);
        measurer.Checks.ShouldAllBe(check => check.CheckedRuns == 1000 && check.Visit >= Confirmation.FirstVisit);
        measurer.Requests.Where(request => request.Index == 1).Select(request => request.Visit).ShouldBe([0, 1, 2, 3], "every visit draws other inputs");
        log.Trials.Count(trial => trial.Result.Outcome == Outcome.WrongResult && trial.Index == 1).ShouldBe(1);
    }

    [Fact]
    public void A_report_without_its_best_falls_back_on_the_next_finalist()
    {
        TuningTask task = MakeTask("t", 1);
        var report = new TaskReport(task, 3, 7, 1, 3, true, TaskEnd.None, ImmutableSortedDictionary<Outcome, int>.Empty, null)
        {
            Finalists = [new Finalist(7, 1), new Finalist(9, 2), new Finalist(Landscape.Start, 3)],
            Confirmed = [7],
        };
        TaskReport rest = report.Without(7);
        (rest.BestIndex, rest.BestMs).ShouldBe((9, 2));
        rest.Confirmed.ShouldBeEmpty();
        TaskReport last = rest.Without(9).Without(Landscape.Start);
        (last.BestIndex, last.BestMs, last.DefaultMs).ShouldBe((Landscape.Start, null, null));
    }

    [Fact]
    public void Wrong_options_and_equal_keys_are_refused()
    {
        Should.Throw<ArgumentException>(() => new TuningOptions { Batch = 0, Searcher = "boa" }.Validated()).Message.ShouldSatisfyAllConditions(
            text => text.ShouldContain("neither"),
            text => text.ShouldContain("Batch 0"),
            text => text.ShouldContain("did you mean 'bao'"));
        ImmutableArray<TuningTask> twice = [MakeTask("same", 1), MakeTask("same", 1)];
        Should.Throw<ArgumentException>(
            () => new TuningRun(twice, new() { Trials = 1 }, Smooth(Tasks(1)), new MemoryTrialLog(), clock)).Message.ShouldContain("same");
    }

    private static TuningTask MakeTask(string key, double weight) => new(key, key, Landscape.MakeSpace(), Landscape.Start, weight, 1e6);

    private static ImmutableArray<TuningTask> Tasks(int count) => [.. Enumerable.Range(0, count).Select(i => MakeTask($"t{i}", 1 + i))];

    private static double TimeOf(TuningTask task, long index) => Landscape.TimeOf(task.Space, index);

    private FakeMeasurer Smooth(ImmutableArray<TuningTask> tasks, Action<int>? before = null) =>
        new(clock, tasks, (task, point) => FakeMeasurer.Timed(TimeOf(task, point.Index))) { Before = before };
}
