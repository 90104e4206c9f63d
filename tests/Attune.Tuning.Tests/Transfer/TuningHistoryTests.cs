using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Records;
using Attune.Tuning.Search;
using Attune.Tuning.Transfer;

namespace Attune.Tuning.Tests.Transfer;

public sealed class TuningHistoryTests
{
    private static readonly Space Known = new([Knob.Scale("n", [.. Enumerable.Range(1, 40)])]);

    [Fact]
    public void Records_become_one_task_per_key_threads_and_device()
    {
        TuningRecord[] records =
        [
            .. Enumerable.Range(1, 10).Select(n => Record("task", n, 1, "here")),
            .. Enumerable.Range(1, 12).Select(n => Record("task", n, 2, "here")),
            .. Enumerable.Range(1, 9).Select(n => Record("task", n, 1, "there")),
            Record("task", 3, 1, "there"),
        ];
        TuningHistory history = TuningHistory.FromRecords(records, _ => Known);
        history.Tasks.Select(task => (task.Device, task.Timed)).ShouldBe([("here/1", 10), ("here/2", 12), ("there/1", 9)]);
        history.Observations.ShouldBe(31);
        history.Ignored.ShouldBeEmpty();
    }

    [Fact]
    public void What_cannot_teach_is_left_out_with_the_reason()
    {
        TuningRecord[] records =
        [
            .. Enumerable.Range(1, 10).Select(n => Record("task", n, 1, "here")),
            Record("task", 11, 1, "here") with { MedianMs = double.NaN },
            Record("task", 12, 1, "here") with { MedianMs = 0 },
            Record("task", 13, 1, "here") with { MedianMs = -1 },
            Record("task", 14, 1, "here") with { MedianMs = double.PositiveInfinity },
            Record("task", 99, 1, "here"),
            .. Enumerable.Range(1, 7).Select(n => Record("short", n, 1, "here")),
            .. Enumerable.Range(1, 20).Select(n => Record("gone", n, 1, "here")),
        ];
        TuningHistory history = TuningHistory.FromRecords(records, key => key == "gone" ? null : Known);
        history.Tasks.ShouldHaveSingleItem().Timed.ShouldBe(10);
        history.Ignored["records with a time that is not above 0"].ShouldBe(4);
        history.Ignored["records of another template version"].ShouldBe(1);
        history.Ignored["records of tasks that no template of this build computes"].ShouldBe(20);
        history.Ignored["tasks with fewer than 8 timed configurations"].ShouldBe(1);
    }

    [Fact]
    public void Records_under_the_knobs_of_another_programs_template_are_left_out_as_such()
    {
        TuningRecord foreign = Record("task", 3, 1, "here") with
        {
            Origin = "a line",
            Template = "conv2d_nchw_spatial_pack.arm_cpu/0",
            Knobs = new Dictionary<string, string> { ["tile_co"] = "[16, 4]" },
        };
        TuningHistory history = TuningHistory.FromRecords([Record("task", 1, 1, "here"), Record("task", 99, 1, "here"), foreign], _ => Known);
        history.Ignored["records of templates that are not known here"].ShouldBe(1);
        history.Ignored["records of another template version"].ShouldBe(1);
    }

    [Fact]
    public void Tasks_too_large_to_be_counted_are_left_out()
    {
        const string huge = "conv2d/1x55440x55440x55440/55440x5040x5040/s1x1/p2519,2519,2520,2520/d1x1/g1/blocked-blocked/v1";
        KernelTarget gpu = new() { Kind = TargetKind.Cuda, Lanes = 1, Groups = new GroupLimits(1024, 48 << 10, 32) };
        TuningHistory history = TuningHistory.FromRecords([Record(huge, 1, 1, "here")], gpu);
        history.Ignored["records of tasks that no template of this build computes"].ShouldBe(1);
    }

    [Fact]
    public void Tasks_of_other_kinds_of_device_are_left_out()
    {
        const string gpu = "conv2d/1x8x8x8/8x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v1";
        TuningHistory history = TuningHistory.FromRecords(Enumerable.Range(1, 9).Select(n => Record(gpu, n, 1, "here")), HostTarget.Widest);
        history.Tasks.ShouldBeEmpty();
        history.Ignored["records of tasks that no template of this build computes"].ShouldBe(9);
    }

    [Fact]
    public void Failures_are_kept_as_failures()
    {
        TuningRecord[] records = [.. Enumerable.Range(1, 8).Select(n => Record("task", n, 1, "here")), Record("task", 9, 1, "here") with
        {
            Outcome = Outcome.Crash,
            MedianMs = null,
            TimesMs = [],
        }];
        HistoryTask task = TuningHistory.FromRecords(records, _ => Known).Tasks.Single();
        task.Observations.Length.ShouldBe(9);
        task.Timed.ShouldBe(8);
    }

    [Fact]
    public void A_wrong_result_outweighs_every_time()
    {
        TuningRecord[] records = [.. Enumerable.Range(1, 9).Select(n => Record("task", n, 1, "here")), Record("task", 9, 2, "there") with
        {
            Outcome = Outcome.WrongResult,
            MedianMs = null,
            TimesMs = [],
        }];
        HistoryTask task = TuningHistory.FromRecords(records, _ => Known).Tasks.Single();
        task.Timed.ShouldBe(8);
        task.Observations.Single(observation => observation.Index == 8).Outcome.ShouldBe(Outcome.WrongResult);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(0)]
    [InlineData(-3)]
    [InlineData(double.NegativeInfinity)]
    public void Impossible_times_teach_nothing(double ms)
    {
        HistoryTask honest = Histories.Honest(Landscape.MakeSpace());
        HistoryTask damaged = honest with
        {
            Observations = [.. honest.Observations.Select((observation, i) => i % 2 == 0 ? observation with { TimeMs = ms } : observation)],
        };
        damaged.Timed.ShouldBe(honest.Observations.Length / 2);
        List<long> walked = Landscape.Search(
            SearcherCatalog.Create("dgp", honest.Space, new() { History = new TuningHistory([damaged]), Transfer = new() { Steps = 20, InducingPoints = 8 } }),
            honest.Space, trials: 24, batch: 8);
        walked.ShouldBeUnique();
        new TuningHistory(
            [honest with { Observations = [.. honest.Observations.Select(observation => observation with { TimeMs = ms })] }]).IsEmpty.ShouldBeTrue();
    }

    private static TuningRecord Record(string task, int n, int threads, string device) => new()
    {
        Task = task,
        Knobs = new Dictionary<string, string> { ["n"] = $"{n}" },
        Index = n - 1,
        Outcome = Outcome.Ok,
        TimesMs = [n],
        MedianMs = n,
        Threads = threads,
        Device = device,
        Tuner = "random",
        Seed = 1,
        Session = "s",
        Sequence = n,
        Time = DateTimeOffset.UnixEpoch,
    };
}
