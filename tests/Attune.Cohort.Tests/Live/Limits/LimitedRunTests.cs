using Attune.Cohort.Control;
using Attune.Cohort.Live;
using Attune.Cohort.Live.Limits;
using Attune.Devices.Knobs;
using Attune.Devices.Thermal;

namespace Attune.Cohort.Tests.Live.Limits;

public sealed class LimitedRunTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly LimitOptions Quick = new()
    {
        Interval = TimeSpan.FromMilliseconds(5),
        ThermalInterval = TimeSpan.FromMilliseconds(5),
        StepUp = TimeSpan.FromMilliseconds(5),
        StepDown = TimeSpan.FromHours(1),
        Hold = TimeSpan.FromMilliseconds(30),
    };
    private readonly ClockFiles machine = new();
    private readonly List<string> told = [];

    public void Dispose() => machine.Dispose();

    [Fact]
    public async Task A_clock_that_the_system_holds_down_is_no_longer_asked_for_until_it_is_free()
    {
        using KnobSession session = machine.Open();
        using RunningCohort cohort = Start(session, Quick with { Hold = TimeSpan.FromSeconds(1) });
        await Until(cohort, () => machine.Upper == 2000000);
        machine.Current = 1500000;
        await Until(cohort, () => cohort.Limits()!.Removed.SequenceEqual([2]));
        await Until(cohort, () => machine.Upper == 1500000);
        machine.Current = 2000000;
        await Until(cohort, () => machine.Upper == 2000000 && Told("no longer capped"));
        LimitFigures figures = cohort.Limits().ShouldNotBeNull();
        figures.CappedEpisodes.ShouldBe(1);
        figures.CappedSeconds.ShouldBeGreaterThan(0);
        Told("clocks capped at 1500 MHz by the OS").ShouldBeTrue();
    }

    [Fact]
    public async Task A_hot_machine_gets_lower_clocks_and_then_all_back()
    {
        machine.Heat(60);
        using KnobSession session = machine.Open();
        using RunningCohort cohort = Start(session, Quick, ThermalSensors.Discover(machine.Root).ShouldNotBeNull());
        await Until(cohort, () => machine.Upper == 2000000);
        machine.Heat(96);
        await Until(cohort, () => machine.Upper == 1500000);
        machine.Heat(60);
        await Until(cohort, () => machine.Upper == 2000000 && Told("cool again"));
        cohort.Limits().ShouldNotBeNull().HotEpisodes.ShouldBe(1);
        Told("temperature 96 °C of 100 °C (x86_pkg_temp)").ShouldBeTrue();
    }

    [Fact]
    public async Task Without_zones_and_knobs_nothing_is_watched()
    {
        using var cohort = new RunningCohort(
            LiveSetups.Of(50), [new ScriptedNetwork(3)], new ScriptedController(), new RunningCohortOptions { Processors = 1 });
        (await cohort.RequestAsync(0).WaitAsync(Patience)).Status.ShouldBe(JobStatus.Done);
        cohort.Limits().ShouldBeNull();
    }

    private RunningCohort Start(KnobSession session, LimitOptions limits, ThermalSensors? sensors = null)
    {
        CohortSetup setup = ClockFiles.Setup(10_000);
        var options = new RunningCohortOptions { Processors = 1, Policy = "max", Knobs = session, Thermal = sensors, Limits = limits, Notify = Tell };
        return new RunningCohort(setup, [new ScriptedNetwork(2)], PolicyStageController.Create(setup, "max"), options);
    }

    private void Tell(string text)
    {
        lock (told)
        {
            told.Add(text);
        }
    }

    private bool Told(string text)
    {
        lock (told)
        {
            return told.Any(each => each.Contains(text));
        }
    }

    private static async Task Until(RunningCohort cohort, Func<bool> holds)
    {
        using var over = new CancellationTokenSource(Patience);
        while (!holds())
        {
            over.Token.ThrowIfCancellationRequested();
            (await cohort.RequestAsync(0).WaitAsync(Patience)).Status.ShouldBe(JobStatus.Done);
            await Task.Delay(2);
        }
    }
}
