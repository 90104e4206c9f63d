using Attune.Cohort.Live.Limits;
using Attune.Devices.Knobs;

namespace Attune.Cohort.Tests.Live.Limits;

public sealed class CappedClockTests
{
    private readonly CappedClock clock = new("cpufreq/policy0", "kHz", new LimitOptions());

    [Fact]
    public void One_low_reading_is_a_clock_that_follows_two_are_a_cap()
    {
        clock.Look(Low(2000, 1500), At(0)).ShouldBeNull();
        clock.Look(Held(2000), At(0.1)).ShouldBeNull();
        clock.Look(Low(2000, 1500), At(0.2)).ShouldBeNull();
        clock.Cap.ShouldBeNull();
        clock.Look(Low(2000, 1500), At(0.3)).ShouldBe("clocks capped at 1.5 MHz by the OS: cpufreq/policy0 was set to 2 MHz");
        clock.Cap.ShouldBe(1500);
        clock.Episode.Count.ShouldBe(1);
    }

    [Fact]
    public void A_cap_is_tried_after_a_while_and_told_once()
    {
        Cap(At(0));
        clock.Look(Held(1500), At(4.9)).ShouldBeNull();
        clock.Cap.ShouldBe(1500);
        clock.Look(null, At(5.2)).ShouldBeNull();
        clock.Cap.ShouldBeNull("it may be over");
        clock.Look(Low(2000, 1400), At(5.3)).ShouldBeNull();
        clock.Look(Low(2000, 1400), At(5.4)).ShouldBeNull("it was told already");
        clock.Cap.ShouldBe(1400);
        clock.Look(null, At(15.3)).ShouldBeNull();
        clock.Cap.ShouldBe(1400, "the second try waits for ten seconds");
        clock.Look(null, At(15.5)).ShouldBeNull();
        clock.Cap.ShouldBeNull();
        clock.Look(Held(2000), At(15.6)).ShouldNotBeNull().ShouldContain("no longer capped");
        clock.Episode.Count.ShouldBe(1);
        clock.Episode.Seconds(At(99)).ShouldBe(15.5, 0.11);
    }

    [Fact]
    public void What_runs_below_the_cap_proves_nothing()
    {
        Cap(At(0));
        clock.Look(null, At(6)).ShouldBeNull();
        clock.Look(Held(1000), At(6.1)).ShouldBeNull();
        clock.Episode.IsOn.ShouldBeTrue();
        clock.Look(Held(2000), At(6.2)).ShouldNotBeNull();
        clock.Episode.IsOn.ShouldBeFalse();
    }

    [Fact]
    public void Waiting_for_a_try_has_a_limit()
    {
        double now = 0;
        Cap(At(now));
        for (int tries = 0; tries < 10; tries++)
        {
            clock.Look(null, At(now += 61));
            clock.Cap.ShouldBeNull();
            clock.Look(Low(2000, 1500), At(now += 0.1));
            clock.Look(Low(2000, 1500), At(now += 0.1));
            clock.Cap.ShouldBe(1500);
        }
    }

    [Theory]
    [InlineData(1500000, "kHz", "1500 MHz")]
    [InlineData(854250000, "Hz", "854.3 MHz")]
    [InlineData(1200, "MHz", "1200 MHz")]
    [InlineData(2, "count", "2 count")]
    public void Clocks_are_told_in_megahertz(double value, string unit, string text) => CappedClock.Text(value, unit).ShouldBe(text);

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    private static KnobChange Low(long asked, long runs) => new("cpufreq/policy0", asked, runs, KnobOutcome.Capped);

    private static KnobChange Held(long asked) => new("cpufreq/policy0", asked, asked, KnobOutcome.Applied);

    private void Cap(TimeSpan now)
    {
        clock.Look(Low(2000, 1500), now);
        clock.Look(Low(2000, 1500), now);
        clock.Cap.ShouldBe(1500);
    }
}
