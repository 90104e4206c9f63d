using Attune.Cohort.Control;
using Attune.Cohort.Decision;
using Attune.Cohort.Live;
using Attune.Cohort.Plans;
using Attune.Cohort.Policies;
using Attune.Cohort.Profiles;
using Attune.Devices.Knobs;

namespace Attune.Cohort.Tests.Live;

public sealed class LiveDecisionTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly string path = Path.Combine(Path.GetTempPath(), $"attune-decisions-{Guid.NewGuid():N}.jsonl");

    public void Dispose() => File.Delete(path);

    [Fact]
    public async Task Decisions_of_a_live_run_are_all_in_its_journal_and_come_out_the_same_again()
    {
        CohortSetup setup = LiveSetups.Of(50, 80, 30);
        var log = new DecisionLog(DecisionJournal.Room, 3);
        var options = new RunningCohortOptions { Processors = 2, Log = log };
        long decisions;
        using (var cohort = new RunningCohort(
            setup, [new ScriptedNetwork(3), new ScriptedNetwork(3), new ScriptedNetwork(3)], PolicyStageController.Create(setup, PolicyCatalog.NeuOs, log),
            options))
        {
            using var journal = new DecisionJournal(path, cohort, PolicyCatalog.NeuOs, told => told.ShouldBeNull());
            for (int job = 0; job < 60; job++)
            {
                Task<JobReport>[] jobs = [cohort.RequestAsync(0), cohort.RequestAsync(1), cohort.RequestAsync(2)];
                if (job == 20)
                {
                    cohort.SetMode(CohortMode.MinEnergy);
                    cohort.SetDeadline(2, 5_000, 5_000);
                    cohort.Limit(SettingLimits.Of(setup, [1]));
                }

                await Task.WhenAll(jobs).WaitAsync(Patience);
            }

            decisions = cohort.Figures().Decisions;
            journal.Dispose();
            journal.Lost.ShouldBe(0);
        }

        decisions.ShouldBe(60 * 3 * 3);
        DecisionCheck check = DecisionCheck.Of(File.ReadLines(path), setup, keep: 3);
        check.Problems.ShouldBeEmpty();
        check.Decisions.ShouldBe(decisions);
        check.Different.ShouldBe(0);
        check.Last.ShouldAllBe(entry => entry.Removed.SequenceEqual(new[] { 1 }) && entry.Mode == CohortMode.MinEnergy);
    }

    [Fact]
    public async Task A_log_without_room_tells_where_it_begins()
    {
        CohortSetup setup = LiveSetups.Of(50);
        var log = new DecisionLog(4, 1);
        using var cohort = new RunningCohort(
            setup,
            [new ScriptedNetwork(3)],
            PolicyStageController.Create(setup, PolicyCatalog.NeuOs, log),
            new RunningCohortOptions { Processors = 1, Log = log });
        for (int job = 0; job < 3; job++)
        {
            await cohort.RequestAsync(0).WaitAsync(Patience);
        }

        (IReadOnlyList<DecisionEntry> entries, long first) = cohort.Decisions(2);
        (entries.Count, first).ShouldBe((4, 5));
        cohort.Decisions(9).Entries.ShouldBeEmpty();
        cohort.Decisions(9).First.ShouldBe(9);
    }

    [Fact]
    public async Task A_knob_that_takes_long_holds_up_only_the_stage_that_turns_it()
    {
        using var gate = new ManualResetEventSlim();
        var knob = new SlowKnob(gate);
        CohortProfile clocked = ClockFiles.Profile();
        CohortProfile profile = clocked with
        {
            Knobs = [new ProfileKnob(RunningCohort.ThreadsKnob, "count"), .. clocked.Knobs],
            Settings = [.. clocked.Settings.Select(setting => setting with { Values = [1, .. setting.Values] })],
        };
        CohortSetup setup = SmallProfiles.Setup(SmallProfiles.Plan(null, 60_000, 60_000), [profile, profile]);
        using KnobSession session = KnobSession.Open([knob], new KnobSessionOptions()).Value.ShouldNotBeNull();
        var controller = new ScriptedController(member => new StageChoice(member == 0 ? 2 : StageChoice.Keep, 0, Abort: false));
        using var cohort = new RunningCohort(
            setup, [new ScriptedNetwork(2), new ScriptedNetwork(2)], controller, new RunningCohortOptions { Processors = 2, Knobs = session });
        knob.Turns.ShouldBe(1, "the setting in force at the start");
        knob.IsSlow = true;
        Task<JobReport> slow = cohort.RequestAsync(0);
        SpinWait.SpinUntil(() => knob.Turns == 2, Patience).ShouldBeTrue();
        (await cohort.RequestAsync(1).WaitAsync(Patience)).Status.ShouldBe(JobStatus.Done);
        slow.IsCompleted.ShouldBeFalse();
        gate.Set();
        (await slow.WaitAsync(Patience)).Status.ShouldBe(JobStatus.Done);
        knob.Turns.ShouldBe(2, "the second stage found it where it should be");
    }

    private sealed class SlowKnob(ManualResetEventSlim gate) : IKnob
    {
        private volatile int turns;

        public Knob Description { get; } = new(ClockFiles.Clock, "kHz", [1000000, 1500000, 2000000], BeyondProcess: false);

        public bool IsSlow { get; set; }

        public int Turns => turns;

        public long? Read() => 1000000;

        public KnobChange? Turn(long value)
        {
            turns++;
            if (IsSlow)
            {
                gate.Wait(Patience);
            }

            return null;
        }

        public KnobChange ReadBack(long asked) => new(Description.Id, asked, asked, KnobOutcome.Applied);

        public System.Collections.Immutable.ImmutableArray<RestoreStep> Snapshot() => [];
    }
}
