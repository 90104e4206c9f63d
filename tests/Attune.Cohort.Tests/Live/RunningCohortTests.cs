using Attune.Cohort.Control;
using Attune.Cohort.Live;

namespace Attune.Cohort.Tests.Live;

public sealed class RunningCohortTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_job_runs_all_its_stages_and_tells_how()
    {
        var network = new ScriptedNetwork(3);
        var controller = new ScriptedController(_ => new StageChoice(1, 1, Abort: false));
        using var cohort = new RunningCohort(LiveSetups.Of(1000), [network], controller, new RunningCohortOptions { Processors = 2 });
        var output = new float[1];
        JobReport report = await cohort.RequestAsync(0, new float[] { 40 }, output).WaitAsync(Patience);
        report.Status.ShouldBe(JobStatus.Done);
        report.IsMissed.ShouldBeFalse();
        report.Variants.ShouldBe([1, 1, 1]);
        report.Settings.ShouldBe([1, 1, 1]);
        report.LagUs.Length.ShouldBe(3);
        report.LagUs.ShouldAllBe(lag => lag > 0);
        report.LossPoints.ShouldBe(3);
        output[0].ShouldBe(43);
        network.Runs.Select(run => run.Stage).ShouldBe([0, 1, 2]);
        network.Runs.ShouldAllBe(run => run.Variant == 1 && run.Threads == 2);
        controller.Calls.ShouldBe(["release 0", "boundary 0", "boundary 0", "complete 0 True"]);
        CohortRunFigures figures = cohort.Figures();
        figures.Released.ShouldBe(1);
        figures.Missed.ShouldBe(0);
        figures.Members[0].LossPoints.ShouldBe(3);
        figures.Decisions.ShouldBe(3);
    }

    [Fact]
    public async Task A_member_that_crashes_is_freed_and_the_others_go_on()
    {
        var broken = new ScriptedNetwork(3, stage => throw new InvalidOperationException($"no stage {stage}"));
        var sound = new ScriptedNetwork(3);
        var told = new List<string>();
        using var cohort = new RunningCohort(
            LiveSetups.Of(1000, 1000), [broken, sound], new ScriptedController(), new RunningCohortOptions { Processors = 1, Notify = told.Add });
        JobReport failed = await cohort.RequestAsync(0).WaitAsync(Patience);
        failed.Status.ShouldBe(JobStatus.Failed);
        failed.IsMissed.ShouldBeTrue();
        failed.Error.ShouldNotBeNull().ShouldContain("no stage 0");
        (await cohort.RequestAsync(1).WaitAsync(Patience)).Status.ShouldBe(JobStatus.Done);
        (await cohort.RequestAsync(0).WaitAsync(Patience)).Status.ShouldBe(JobStatus.Failed);
        told.ShouldHaveSingleItem().ShouldContain("'m0' was freed");
        cohort.Figures().Members[0].Failure.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_member_that_hangs_is_freed_after_its_heartbeat()
    {
        using var never = new ManualResetEventSlim();
        var hanging = new ScriptedNetwork(3, _ => never.Wait());
        var sound = new ScriptedNetwork(3);
        var options = new RunningCohortOptions { Processors = 1, Heartbeat = TimeSpan.FromMilliseconds(80) };
        using (var cohort = new RunningCohort(LiveSetups.Of(5, 1000), [hanging, sound], new ScriptedController(), options))
        {
            JobReport report = await cohort.RequestAsync(0).WaitAsync(Patience);
            report.Status.ShouldBe(JobStatus.Failed);
            report.Error.ShouldNotBeNull().ShouldContain("boundary");

            // The only processor is free again: another lane took the place of the one that hangs.
            (await cohort.RequestAsync(1).WaitAsync(Patience)).Status.ShouldBe(JobStatus.Done);
        }

        hanging.IsDisposed.ShouldBeFalse();
        sound.IsDisposed.ShouldBeTrue();
        never.Set();
    }

    [Fact]
    public async Task Of_waiting_requests_the_newest_wins()
    {
        using var gate = new ManualResetEventSlim();
        var network = new ScriptedNetwork(3, _ => gate.Wait());
        using var cohort = new RunningCohort(LiveSetups.Of(60_000), [network], new ScriptedController(), new RunningCohortOptions { Processors = 1 });
        Task<JobReport> first = cohort.RequestAsync(0);
        Task<JobReport> second = cohort.RequestAsync(0);
        Task<JobReport> third = cohort.RequestAsync(0);
        (await second.WaitAsync(Patience)).Status.ShouldBe(JobStatus.Replaced);
        gate.Set();
        (await first.WaitAsync(Patience)).Status.ShouldBe(JobStatus.Done);
        (await third.WaitAsync(Patience)).Status.ShouldBe(JobStatus.Done);
        CohortRunFigures figures = cohort.Figures();
        figures.Released.ShouldBe(3);
        figures.Missed.ShouldBe(1);
    }

    [Fact]
    public async Task Whoever_is_furthest_behind_its_schedule_runs_next()
    {
        using var gate = new ManualResetEventSlim();
        using var started = new ManualResetEventSlim();
        var order = new List<int>();
        ScriptedNetwork Network(int member) => new(3, _ =>
        {
            started.Set();
            gate.Wait();
            order.Add(member);
        });
        using var cohort = new RunningCohort(
            LiveSetups.Of(60_000, 600_000, 600), [Network(0), Network(1), Network(2)], new ScriptedController(), new RunningCohortOptions { Processors = 1 });
        Task<JobReport> running = cohort.RequestAsync(0);
        started.Wait(Patience).ShouldBeTrue();
        Task<JobReport> patient = cohort.RequestAsync(1);
        Task<JobReport> hasty = cohort.RequestAsync(2);

        // Half a second late of six hundred milliseconds is more than of ten minutes.
        await Task.Delay(300);
        gate.Set();
        await Task.WhenAll(running, patient, hasty).WaitAsync(Patience);
        order[0].ShouldBe(0);
        order[1].ShouldBe(2);
    }

    [Fact]
    public async Task A_job_that_the_controller_gives_up_has_no_result()
    {
        var network = new ScriptedNetwork(3);
        using var cohort = new RunningCohort(
            LiveSetups.Of(1000),
            [network],
            new ScriptedController(_ => new StageChoice(StageChoice.Keep, 0, Abort: true)),
            new RunningCohortOptions { Processors = 1 });
        JobReport report = await cohort.RequestAsync(0).WaitAsync(Patience);
        report.Status.ShouldBe(JobStatus.Aborted);
        report.IsMissed.ShouldBeTrue();
        network.Runs.ShouldBeEmpty();
        cohort.Figures().Members[0].Aborted.ShouldBe(1);
    }

    [Fact]
    public async Task Closing_ends_what_waits()
    {
        using var gate = new ManualResetEventSlim();
        var network = new ScriptedNetwork(3, _ => gate.Wait());
        var cohort = new RunningCohort(LiveSetups.Of(60_000), [network], new ScriptedController(), new RunningCohortOptions { Processors = 1 });
        Task<JobReport> first = cohort.RequestAsync(0);
        Task<JobReport> second = cohort.RequestAsync(0);
        var closing = Task.Run(cohort.Dispose);
        (await second.WaitAsync(Patience)).Status.ShouldBe(JobStatus.Closed);
        gate.Set();
        await closing.WaitAsync(Patience);
        (await first.WaitAsync(Patience)).Status.ShouldBeOneOf(JobStatus.Closed, JobStatus.Done);
        (await cohort.RequestAsync(0).WaitAsync(Patience)).Status.ShouldBe(JobStatus.Closed);
        cohort.Figures().Missed.ShouldBe(0);
    }

    [Theory]
    [InlineData("neuos")]
    [InlineData("predjoule")]
    [InlineData("apnet")]
    [InlineData("poet")]
    [InlineData("max")]
    [InlineData("race-to-idle")]
    [InlineData("static-best")]
    public async Task Every_policy_can_steer_a_live_cohort(string policy)
    {
        CohortSetup setup = LiveSetups.Of(50, 80);
        using var cohort = new RunningCohort(
            setup,
            [new ScriptedNetwork(3), new ScriptedNetwork(3)],
            PolicyStageController.Create(setup, policy),
            new RunningCohortOptions { Processors = 2, Policy = policy });
        for (int job = 0; job < 20; job++)
        {
            JobReport[] reports = await Task.WhenAll(cohort.RequestAsync(0), cohort.RequestAsync(1)).WaitAsync(Patience);
            reports.ShouldAllBe(report => report.Status == JobStatus.Done);
        }

        cohort.Figures().Released.ShouldBe(40);
    }

    [Fact]
    public void Members_that_there_are_not_are_refused()
    {
        using var cohort = new RunningCohort(
            LiveSetups.Of(50), [new ScriptedNetwork(3)], new ScriptedController(), new RunningCohortOptions { Processors = 1 });
        Should.Throw<ArgumentOutOfRangeException>(() => { _ = cohort.RequestAsync(1); });
        Should.Throw<ArgumentOutOfRangeException>(() => cohort.SetDeadline(0, 10, 5));
    }
}
