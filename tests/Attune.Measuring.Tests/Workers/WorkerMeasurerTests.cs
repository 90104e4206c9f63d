using System.Collections.Immutable;
using System.Diagnostics;
using Attune.Measuring.Workers;
using Attune.Numerics;
using Attune.Records;

namespace Attune.Measuring.Tests.Workers;

[Trait(Category.Name, Category.AnyWidth)]
public sealed class WorkerMeasurerTests
{
    private static readonly CancellationToken Never = CancellationToken.None;

    [Fact]
    public async Task A_good_candidate_is_timed_verified_and_calibrated()
    {
        await using WorkerMeasurer measurer = Measurer();
        MeasureResult result = await measurer.MeasureAsync(Request("good"), Never);

        result.Outcome.ShouldBe(Outcome.Ok, result.Message);
        result.TimesMs.Length.ShouldBeGreaterThanOrEqualTo(MeasureOptions.Default.MinRepeats);
        result.MedianMs.ShouldBe(Quantiles.Median(result.TimesMs));
        result.TimesMs.ShouldAllBe(time => time > 0);
        result.CalibrationMs.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task The_worker_stays_warm_between_candidates()
    {
        await using WorkerMeasurer measurer = Measurer();
        for (int i = 0; i < 5; i++)
        {
            (await measurer.MeasureAsync(Request("good"), Never)).Outcome.ShouldBe(Outcome.Ok);
        }

        measurer.Starts.ShouldBe(1);
    }

    [Theory]
    [InlineData("invalid", Outcome.Invalid, "tile larger")]
    [InlineData("too-large", Outcome.CompileError, "too many instructions")]
    [InlineData("build-throws", Outcome.CompileError, "no such instruction")]
    [InlineData("wrong", Outcome.WrongResult, "12.5")]
    [InlineData("nan", Outcome.WrongResult, "NaN")]
    public async Task What_a_candidate_does_is_its_outcome_and_the_worker_lives_on(string act, Outcome outcome, string message)
    {
        await using WorkerMeasurer measurer = Measurer();
        MeasureResult result = await measurer.MeasureAsync(Request(act), Never);

        result.Outcome.ShouldBe(outcome);
        result.Message.ShouldNotBeNull().ShouldContain(message);
        result.TimesMs.ShouldBeEmpty();
        (await measurer.MeasureAsync(Request("good"), Never)).Outcome.ShouldBe(Outcome.Ok);
        measurer.Starts.ShouldBe(1);
    }

    [Theory]
    [InlineData("throw", "running the kernel", "division by a tile of zero")]
    [InlineData("exit", "code 42", "last words")]
    [InlineData("segfault", "running the kernel", "died")]
    [Trait(Category.Name, Category.Slow)]
    public async Task A_crash_is_reported_with_its_cause_and_the_next_candidate_finds_a_new_worker(string act, string cause, string detail)
    {
        await using WorkerMeasurer measurer = Measurer();
        MeasureResult result = await measurer.MeasureAsync(Request(act), Never);

        result.Outcome.ShouldBe(Outcome.Crash);
        result.Message.ShouldNotBeNull().ShouldContain(cause);
        result.Message.ShouldContain(detail);
        (await measurer.MeasureAsync(Request("good"), Never)).Outcome.ShouldBe(Outcome.Ok);
        measurer.Starts.ShouldBe(2);
    }

    [Fact]
    public async Task A_hanging_candidate_is_killed_and_named_a_time_out()
    {
        await using WorkerMeasurer measurer = Measurer(settings => settings with { CandidateLimit = TimeSpan.FromMilliseconds(500) });
        await measurer.StartAsync(Never);
        int first = measurer.WorkerId.ShouldNotBeNull();
        MeasureResult result = await measurer.MeasureAsync(Request("hang"), Never);

        result.Outcome.ShouldBe(Outcome.TimeOut);
        result.Message.ShouldNotBeNull().ShouldContain("running the kernel");
        IsAlive(first).ShouldBeFalse();
        (await measurer.MeasureAsync(Request("good"), Never)).Outcome.ShouldBe(Outcome.Ok);
    }

    [Fact]
    public async Task A_candidate_that_hoards_memory_is_killed()
    {
        await using WorkerMeasurer measurer = Measurer(settings => settings with { MemoryLimitBytes = 400L << 20, CandidateLimit = TimeSpan.FromMinutes(1) });
        MeasureResult result = await measurer.MeasureAsync(Request("hoard"), Never);

        result.Outcome.ShouldBe(Outcome.Crash);
        result.Message.ShouldNotBeNull().ShouldContain("the limit is 400 MiB");
        (await measurer.MeasureAsync(Request("good"), Never)).Outcome.ShouldBe(Outcome.Ok);
    }

    [Fact]
    public async Task A_worker_killed_from_outside_in_mid_measurement_is_a_crash()
    {
        await using WorkerMeasurer measurer = Measurer(settings => settings with { CandidateLimit = TimeSpan.FromMinutes(1) });
        await measurer.StartAsync(Never);
        using Process victim = Process.GetProcessById(measurer.WorkerId.ShouldNotBeNull());
        Task<MeasureResult> pending = measurer.MeasureAsync(Request("hang"), Never);
        victim.Kill();

        (await pending).Outcome.ShouldBe(Outcome.Crash);
        (await measurer.MeasureAsync(Request("good"), Never)).Outcome.ShouldBe(Outcome.Ok);
    }

    [Fact]
    public async Task A_worker_that_dies_between_candidates_is_replaced_and_blames_none()
    {
        await using WorkerMeasurer measurer = Measurer();
        await measurer.MeasureAsync(Request("good"), Never);
        using Process victim = Process.GetProcessById(measurer.WorkerId.ShouldNotBeNull());
        victim.Kill();
        await victim.WaitForExitAsync();
        await Task.Delay(100);

        (await measurer.MeasureAsync(Request("good"), Never)).Outcome.ShouldBe(Outcome.Ok);
        measurer.Starts.ShouldBe(2);
    }

    [Fact]
    public async Task Output_of_a_candidate_is_never_taken_for_a_reply()
    {
        await using WorkerMeasurer measurer = Measurer(command: "chatty");
        MeasureResult result = await measurer.MeasureAsync(Request("print"), Never);

        result.Outcome.ShouldBe(Outcome.Ok, result.Message);
        result.TimesMs.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_clearly_slower_candidate_is_cut_short_with_its_time()
    {
        await using WorkerMeasurer measurer = Measurer();
        MeasureResult result = await measurer.MeasureAsync(Request("slow") with { BestMs = 1 }, Never);

        result.Outcome.ShouldBe(Outcome.CutShort);
        result.TimesMs.Length.ShouldBe(1);
        result.MedianMs.ShouldBeGreaterThan(3);
    }

    [Fact]
    public async Task A_task_that_cannot_be_prepared_makes_its_candidates_invalid()
    {
        await using WorkerMeasurer measurer = Measurer();
        MeasureResult result = await measurer.MeasureAsync(Request("good") with { Task = "unknown" }, Never);

        result.Outcome.ShouldBe(Outcome.Invalid);
        result.Message.ShouldNotBeNull().ShouldContain("no such task");
    }

    [Fact]
    public async Task Preparing_a_task_does_not_count_against_the_candidate()
    {
        await using WorkerMeasurer measurer = Measurer(settings => settings with { CandidateLimit = TimeSpan.FromMilliseconds(700) });
        await measurer.StartAsync(Never);
        (await measurer.MeasureAsync(Request("good") with { Task = "slow-to-prepare" }, Never)).Outcome.ShouldBe(Outcome.Ok);
    }

    [Fact]
    public async Task A_worker_that_dies_while_preparing_is_a_crash_that_says_so()
    {
        await using WorkerMeasurer measurer = Measurer();
        MeasureResult result = await measurer.MeasureAsync(Request("good") with { Task = "dies-preparing" }, Never);

        result.Outcome.ShouldBe(Outcome.Crash);
        result.Message.ShouldNotBeNull().ShouldContain("preparing the task");
    }

    [Fact]
    public async Task A_worker_that_ends_at_once_gives_up_after_three_attempts_and_shows_its_words()
    {
        await using WorkerMeasurer measurer = Measurer(command: "exit-at-once");
        var error = await Should.ThrowAsync<WorkerUnavailableException>(() => measurer.MeasureAsync(Request("good"), Never));

        error.Message.ShouldContain("code 3");
        error.Message.ShouldContain("cannot find the secret ingredient");
        measurer.Starts.ShouldBe(3);
    }

    [Fact]
    public async Task A_worker_that_never_reports_ready_gives_up()
    {
        await using WorkerMeasurer measurer = Measurer(
            settings => settings with { StartLimit = TimeSpan.FromMilliseconds(200), StartAttempts = 2 }, "never-ready");
        var error = await Should.ThrowAsync<WorkerUnavailableException>(() => measurer.MeasureAsync(Request("good"), Never));

        error.Message.ShouldContain("did not report ready");
    }

    [Fact]
    public async Task A_program_that_does_not_exist_is_named()
    {
        await using var measurer = new WorkerMeasurer(new WorkerSettings { Command = new WorkerCommand("/nowhere/attune", []) });
        var error = await Should.ThrowAsync<WorkerUnavailableException>(() => measurer.MeasureAsync(Request("good"), Never));

        error.Message.ShouldContain("/nowhere/attune");
    }

    [Fact]
    public async Task Cancelling_ends_the_worker_and_leaves_the_measurer_usable()
    {
        await using WorkerMeasurer measurer = Measurer(settings => settings with { CandidateLimit = TimeSpan.FromMinutes(1) });
        await measurer.StartAsync(Never);
        int first = measurer.WorkerId.ShouldNotBeNull();
        using var source = new CancellationTokenSource();
        Task<MeasureResult> pending = measurer.MeasureAsync(Request("hang"), source.Token);
        await source.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => pending);
        IsAlive(first).ShouldBeFalse();
        (await measurer.MeasureAsync(Request("good"), Never)).Outcome.ShouldBe(Outcome.Ok);
    }

    [Fact]
    public async Task A_worker_is_recycled_after_the_given_number_of_candidates()
    {
        await using WorkerMeasurer measurer = Measurer(settings => settings with { RecycleAfter = 2 });
        for (int i = 0; i < 5; i++)
        {
            await measurer.MeasureAsync(Request("good"), Never);
        }

        measurer.Starts.ShouldBe(3);
    }

    [Fact]
    public async Task Disposing_ends_the_worker()
    {
        int id;
        await using (WorkerMeasurer measurer = Measurer())
        {
            await measurer.StartAsync(Never);
            id = measurer.WorkerId.ShouldNotBeNull();
        }

        IsAlive(id).ShouldBeFalse();
    }

    [Fact]
    public async Task A_second_caller_at_once_is_a_bug_and_said_so()
    {
        await using WorkerMeasurer measurer = Measurer();
        await measurer.StartAsync(Never);
        using var source = new CancellationTokenSource();
        Task<MeasureResult> pending = measurer.MeasureAsync(Request("hang"), source.Token);
        await Should.ThrowAsync<InvalidOperationException>(() => measurer.MeasureAsync(Request("good"), Never));
        await source.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => pending);
    }

    [Fact]
    public void Settings_out_of_range_are_refused()
    {
        Should.Throw<ArgumentException>(() => Measurer(settings => settings with { RecycleAfter = 0 }));
        Should.Throw<ArgumentException>(() => Measurer(settings => settings with { Measuring = new MeasureOptions { CutFactor = 0.5, Precision = 0 } }))
            .Message.ShouldSatisfyAllConditions(m => m.ShouldContain("CutFactor"), m => m.ShouldContain("Precision"));
    }

    private static MeasureRequest Request(string act) =>
        new("good-task", 0, ImmutableDictionary<string, string>.Empty.Add("act", act), 1, null);

    private static WorkerMeasurer Measurer(Func<WorkerSettings, WorkerSettings>? change = null, string command = "behave") =>
        new((change ?? (settings => settings))(new WorkerSettings
        {
            Command = new WorkerCommand(TestWorker.DotNet, [TestWorker.Program, command]),
            CandidateLimit = TimeSpan.FromSeconds(30),
        }));

    private static bool IsAlive(int id)
    {
        try
        {
            using Process process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
