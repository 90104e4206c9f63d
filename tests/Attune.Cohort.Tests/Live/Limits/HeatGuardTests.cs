using Attune.Cohort.Live.Limits;
using Attune.Devices.Thermal;

namespace Attune.Cohort.Tests.Live.Limits;

public sealed class HeatGuardTests
{
    private readonly HeatGuard guard = new(2, new LimitOptions());

    [Fact]
    public void Clocks_go_down_step_by_step_while_it_is_hot_and_up_when_it_is_cool()
    {
        guard.Look(Heat(90), At(0)).ShouldBeNull();
        guard.Steps.ShouldBe(0);
        guard.Look(Heat(96), At(1)).ShouldBe("temperature 96 °C of 100 °C (x86_pkg_temp): settings with the highest clocks are left out until it is cooler");
        guard.Steps.ShouldBe(1);
        guard.Look(Heat(97), At(2)).ShouldBeNull();
        guard.Steps.ShouldBe(1, "two seconds between steps");
        guard.Look(Heat(97), At(3)).ShouldBeNull();
        guard.Steps.ShouldBe(2);
        guard.Look(Heat(99), At(30)).ShouldBeNull();
        guard.Steps.ShouldBe(2, "there is nothing lower");
        guard.Look(Heat(92), At(40)).ShouldBeNull();
        guard.Steps.ShouldBe(2, "between the two margins nothing changes");
        guard.Look(Heat(89), At(41)).ShouldBeNull();
        guard.Steps.ShouldBe(1);
        guard.Look(Heat(88), At(43)).ShouldBeNull();
        guard.Steps.ShouldBe(1, "five seconds between steps up");
        guard.Look(Heat(88), At(47)).ShouldNotBeNull().ShouldContain("cool again");
        guard.Steps.ShouldBe(0);
        guard.Episode.Count.ShouldBe(1);
        guard.Episode.Seconds(At(100)).ShouldBe(46);
        guard.Hottest.ShouldBe(Heat(99));
    }

    [Fact]
    public void Without_clocks_of_its_own_it_only_tells()
    {
        var helpless = new HeatGuard(0, new LimitOptions());
        helpless.Look(Heat(98), At(0)).ShouldNotBeNull().ShouldContain("no clock is this run's to lower");
        helpless.Look(Heat(99), At(10)).ShouldBeNull();
        helpless.Steps.ShouldBe(0);
        helpless.Look(Heat(80), At(11)).ShouldNotBeNull();
        helpless.Look(Heat(99), At(12)).ShouldNotBeNull();
        helpless.Episode.Count.ShouldBe(2);
    }

    [Fact]
    public void A_sensor_that_says_nothing_changes_nothing()
    {
        guard.Look(Heat(96), At(0));
        guard.Look(null, At(20)).ShouldBeNull();
        guard.Steps.ShouldBe(1);
        guard.Reset(At(30));
        guard.Episode.Count.ShouldBe(1, "it is still hot");
        guard.Episode.Seconds(At(31)).ShouldBe(1);
    }

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    private static ThermalReading Heat(double celsius) => new("x86_pkg_temp", celsius, 100);
}
