using Attune.Cohort.Control;
using Attune.Cohort.Live.Limits;
using Attune.Devices.Knobs;
using Attune.Devices.Thermal;

namespace Attune.Cohort.Tests.Live.Limits;

public sealed class MachineLimitsTests
{
    private readonly CohortSetup setup = ClockFiles.Setup(10);

    [Theory]
    [InlineData(1500000, new[] { 2 })]
    [InlineData(1480000, new[] { 2 })]
    [InlineData(1400000, new[] { 1, 2 })]
    [InlineData(500000, new[] { 1, 2 })]
    public void Settings_above_a_cap_cannot_be_had_and_one_is_always_left(long runs, int[] removed)
    {
        MachineLimits limits = Limits();
        var reading = new KnobChange(ClockFiles.Clock, 2000000, runs, KnobOutcome.Capped);
        limits.Look(0, reading, TimeSpan.Zero);
        limits.Update().ShouldBeFalse();
        limits.Look(0, reading, TimeSpan.Zero).ShouldNotBeNull();
        limits.Update().ShouldBeTrue();
        limits.Removed.ShouldBe(removed);
        limits.Update().ShouldBeFalse();
        LimitFigures figures = limits.Figures(TimeSpan.FromSeconds(2));
        figures.CappedEpisodes.ShouldBe(1);
        figures.CappedSeconds.ShouldBe(2);
        figures.CappedKnobs.ShouldBe([ClockFiles.Clock]);
        figures.Hottest.ShouldBeNull();
    }

    [Fact]
    public void Heat_takes_the_highest_clocks_step_by_step()
    {
        MachineLimits limits = Limits();
        limits.Look(new ThermalReading("soc", 97, 100), TimeSpan.Zero);
        limits.Update().ShouldBeTrue();
        limits.Removed.ShouldBe([2]);
        limits.Look(new ThermalReading("soc", 97, 100), TimeSpan.FromSeconds(3));
        limits.Update().ShouldBeTrue();
        limits.Removed.ShouldBe([1, 2]);
        limits.Look(new ThermalReading("soc", 70, 100), TimeSpan.FromSeconds(10));
        limits.Look(new ThermalReading("soc", 70, 100), TimeSpan.FromSeconds(20)).ShouldNotBeNull();
        limits.Update().ShouldBeTrue();
        limits.Removed.ShouldBeEmpty();
    }

    [Fact]
    public void Clocks_that_are_not_turned_are_not_watched()
    {
        var limits = new MachineLimits(setup, [], new LimitOptions());
        limits.Look(0, new KnobChange(ClockFiles.Clock, 2000000, 1000000, KnobOutcome.Capped), TimeSpan.Zero).ShouldBeNull();
        limits.Look(new ThermalReading("soc", 99, 100), TimeSpan.Zero).ShouldNotBeNull();
        limits.Update().ShouldBeFalse();
        limits.Figures(TimeSpan.Zero).WatchesClocks.ShouldBeFalse();
    }

    private MachineLimits Limits() => new(setup, [ClockFiles.Clock], new LimitOptions());
}
