using System.Collections.Immutable;
using Attune.Experiments.Date2021;
using Attune.Experiments.Devices;
using Attune.Experiments.Iccv2021;
using Attune.Experiments.Reports;
using Attune.Experiments.Search;
using Attune.Experiments.Setup;

namespace Attune.Experiments.Tests.Papers;

public sealed class ExperimentSessionTests : WorkFolder
{
    private static readonly ExperimentOptions Options = new()
    {
        Arms = [new SearchArm("random", "random", 30), new SearchArm("bted+bao", "bted+bao", 30)],
        Seeds = 3,
        Trials = 48,
    };

    [Fact]
    public async Task Both_papers_can_be_reported_from_recorded_devices()
    {
        var device = new RecordedTasks([Bowl.Device("first"), Bowl.Device("second", 14)], "signature");
        using var session = new ExperimentSession(Folder, Options, device, TimeProvider.System, _ => { });
        ExperimentOutcome outcome = await session.RunAsync(device.Tasks, null, 1, CancellationToken.None);
        outcome.Traces.Length.ShouldBe(2 * 2 * 3);
        outcome.WithoutResult.ShouldBeEmpty();
        var setting = new ExperimentSetting(
            device.Description,
            true,
            DateTimeOffset.UnixEpoch,
            "attune experiment",
            ExperimentSetting.ScaleOf(Options, true, 2),
            ["random", "bted+bao"],
            3,
            48,
            ["first", "second"],
            2);

        DateResults date = DateExperiment.Analyse(setting, device.Tasks, outcome);
        date.Table.Length.ShouldBe(6, "two devices and the average, two tuners each");
        date.Layers.ShouldAllBe(row => row.Ratio != null && row.Gflops == null);
        string page = HtmlReport.Of(DateReport.Of(date));
        page.ShouldContain("3 seeds of 10");
        page.ShouldContain("GTX 1080 Ti");
        page.ShouldContain("<svg");

        IccvResults iccv = IccvExperiment.Analyse(setting, outcome, [], "No history.");
        SearchRow row = iccv.Table.First(each => each.Arm == "bted+bao");
        row.SearchSeconds.Mean.ShouldBe(outcome.Traces.Where(trace => trace is { Group: "first", Arm: "bted+bao" }).Average(trace => trace.Seconds), 1e-9);
        row.SearchSeconds.Mean.ShouldBeGreaterThan(row.Configurations * 0.04, "the recording says that each costs 40 ms");
        row.Volume.ShouldNotBeNull();
        MarkdownReport.Of(IccvReport.Of(iccv)).ShouldContain("hypervolume");
    }

    [Fact]
    public async Task A_time_limit_leaves_out_what_not_all_have_searched_and_the_next_run_goes_on()
    {
        var clock = new ManualClock();
        var device = new SlowTasks(new RecordedTasks([Bowl.Device("first"), Bowl.Device("second", 14)], "signature"), clock);

        // A search ends after 30 to 48 trials of a second each: six of the first device end in time, and some of the second begin.
        long start = clock.GetTimestamp();
        ExperimentOutcome part = await Run(TimeSpan.FromSeconds(290));
        clock.GetElapsedTime(start).ShouldBe(TimeSpan.FromSeconds(290), "a search under way is given up");
        part.Tasks.ShouldHaveSingleItem().Group.ShouldBe("first");
        part.Unfinished.ShouldBe(1);
        part.Traces.Length.ShouldBe(2 * 3);
        part.Traces.ShouldAllBe(trace => trace.Group == "first");
        ExperimentSetting.ScaleOf(Options, true, 1, (1, 2)).ShouldContain("1 of 2 tasks searched within the time limit");

        ExperimentOutcome whole = await Run(limit: null);
        (whole.Tasks.Length, whole.Unfinished, whole.Traces.Length).ShouldBe((2, 0, 2 * 2 * 3));
        whole.Resumed.ShouldBeGreaterThanOrEqualTo(2 * 3);

        (await Run(TimeSpan.Zero)).Unfinished.ShouldBe(0, "what ended before costs no time");

        async Task<ExperimentOutcome> Run(TimeSpan? limit)
        {
            using var session = new ExperimentSession(Folder, Options, device, clock, _ => { }) { SearchLimit = limit };
            return await session.RunAsync(device.Tasks, null, 1, CancellationToken.None);
        }
    }

    [Fact]
    public async Task Tuning_sets_are_judged_by_what_is_in_them()
    {
        var device = new RecordedTasks([Bowl.Device()], "signature");
        ExperimentTask task = device.Tasks[0];
        ImmutableArray<TuningSetRow> rows = await new TuningSets(device, 16, 4).CompareAsync(
            task, [("random", "random", seed => new() { Seed = seed })], task.OptimumMs!.Value, CancellationToken.None);
        TuningSetRow row = rows.ShouldHaveSingleItem();
        row.Points.ShouldBe(16);
        row.Best.Mean.ShouldBeInRange(row.Mean, 1);
        row.Failing.ShouldBeInRange(0, 0.5);
    }

    [Fact]
    public void The_scale_says_how_far_a_run_is_from_the_paper()
    {
        ExperimentSetting.ScaleOf(Options, recorded: true, 2).ShouldStartWith("Scaled down: 3 seeds of 10; 2 recorded devices instead of 5 networks");
        var full = new ExperimentOptions { Arms = [new SearchArm("autotvm", "random", 400)], Seeds = 10, Trials = 1024 };
        ExperimentSetting.ScaleOf(full, recorded: false, 5).ShouldStartWith("Full scale");
        ExperimentSetting.ScaleOf(full with { LatencyRuns = 100 }, recorded: false, 5).ShouldStartWith("Scaled down");
    }

    [Fact]
    public void Two_devices_of_one_name_are_refused() =>
        Should.Throw<ArgumentException>(() => new RecordedTasks([Bowl.Device(), Bowl.Device()], "s")).Message.ShouldContain("rename");

    /// <summary>A second of a manual clock for every trial.</summary>
    private sealed class SlowTasks(RecordedTasks tasks, ManualClock clock) : ITaskDevice
    {
        public ImmutableArray<ExperimentTask> Tasks => tasks.Tasks;

        public string Description => tasks.Description;

        public string Signature => tasks.Signature;

        public Task<TaskMeasurement> MeasureAsync(ExperimentTask task, long index, string asker, int seed, CancellationToken cancellation)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return tasks.MeasureAsync(task, index, asker, seed, cancellation);
        }

        public ValueTask DisposeAsync() => tasks.DisposeAsync();
    }
}
