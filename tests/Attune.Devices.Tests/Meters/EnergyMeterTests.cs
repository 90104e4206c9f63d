using Attune.Devices.Meters;
using Attune.Devices.Tests.Knobs;

namespace Attune.Devices.Tests.Meters;

public sealed class EnergyMeterTests
{
    private readonly TimerClock clock = new();

    [Fact]
    public void Rapl_counts_packages_and_wraps_around()
    {
        using var machine = new KnobMachine();
        machine.Put("/sys/class/powercap/intel-rapl:0/energy_uj", "1000000");
        machine.Put("/sys/class/powercap/intel-rapl:0/max_energy_range_uj", "10000000");
        machine.Put("/sys/class/powercap/intel-rapl:0:0/energy_uj", "500000");
        using IEnergyMeter meter = EnergyMeters.Open("rapl", clock, machine.Root).Value.ShouldNotBeNull();
        meter.MilliJoules().ShouldBe(0);
        machine.Put("/sys/class/powercap/intel-rapl:0/energy_uj", "9000000");
        meter.MilliJoules().ShouldBe(8000);
        machine.Put("/sys/class/powercap/intel-rapl:0/energy_uj", "500000");
        meter.MilliJoules().ShouldBe(9500);
        Directory.Delete(machine.Root + "/sys/class/powercap/intel-rapl:0", recursive: true);
        meter.MilliJoules().ShouldBeNull();
    }

    [Fact]
    public void Every_package_counts_once_and_the_platform_not_at_all()
    {
        using var machine = new KnobMachine();
        Zone(machine, "intel-rapl:0", "package-0", 1_000_000);
        Zone(machine, "intel-rapl:0:0", "core", 400_000);
        Zone(machine, "intel-rapl:0:1", "dram", 100_000);
        Zone(machine, "intel-rapl:1", "package-1", 2_000_000);
        Zone(machine, "intel-rapl:2", "psys", 5_000_000);
        Zone(machine, "intel-rapl-mmio:0", "package-0", 1_000_000);
        using IEnergyMeter meter = EnergyMeters.Open("rapl", clock, machine.Root).Value.ShouldNotBeNull();
        meter.Name.ShouldBe("RAPL, 2 packages");
        Zone(machine, "intel-rapl:0", "package-0", 1_300_000);
        Zone(machine, "intel-rapl:0:0", "core", 600_000);
        Zone(machine, "intel-rapl:0:1", "dram", 150_000);
        Zone(machine, "intel-rapl:1", "package-1", 2_200_000);
        Zone(machine, "intel-rapl:2", "psys", 6_000_000);
        Zone(machine, "intel-rapl-mmio:0", "package-0", 1_300_000);

        // 0.3 J of the first package and 0.2 J of the second.
        meter.MilliJoules().ShouldNotBeNull().ShouldBe(500, 1e-9);
    }

    [Fact]
    public void No_turn_of_the_counter_is_missed_in_a_long_run()
    {
        using var machine = new KnobMachine();
        Zone(machine, "intel-rapl:0", "package-0", 0);
        using IEnergyMeter meter = EnergyMeters.Open("rapl", clock, machine.Root).Value.ShouldNotBeNull();

        // Three quarters of the range between two looks: the counter turns twice and nobody asks the meter meanwhile.
        foreach (int microjoules in new[] { 7_500_000, 5_000_000, 2_500_000, 0 })
        {
            Zone(machine, "intel-rapl:0", "package-0", microjoules);
            clock.Tick();
        }

        meter.MilliJoules().ShouldNotBeNull().ShouldBe(30_000, 1e-9);
    }

    [Fact]
    public void A_counter_whose_range_is_not_told_is_not_used()
    {
        using var machine = new KnobMachine();
        machine.Put("/sys/class/powercap/intel-rapl:0/energy_uj", "1000000");
        EnergyMeters.Open("rapl", clock, machine.Root).Error.ShouldNotBeNull().Problem.ShouldNotBeNull();
    }

    [Fact]
    public void Energy_per_run_is_the_meters_difference_over_the_runs()
    {
        using var machine = new KnobMachine();
        Zone(machine, "intel-rapl:0", "package-0", 9_000_000);
        using IEnergyMeter meter = EnergyMeters.Open("rapl", clock, machine.Root).Value.ShouldNotBeNull();
        int count = 9_000_000;
        EnergyPerRun.Joules(meter, () => Zone(machine, "intel-rapl:0", "package-0", (count += 500_000) % 10_000_000), 4).ShouldNotBeNull().ShouldBe(0.5, 1e-12);
        EnergyPerRun.Joules(meter, () => { }, 3).ShouldBeNull("it did not move");
        Directory.Delete(machine.Root + "/sys", recursive: true);
        EnergyPerRun.Joules(meter, () => { }, 3).ShouldBeNull();
    }

    [Fact]
    public void The_rail_that_feeds_the_board_is_taken_from_the_old_driver()
    {
        using var machine = KnobMachine.Jetson();
        using IEnergyMeter meter = EnergyMeters.Open("hwmon", clock, machine.Root).Value.ShouldNotBeNull();
        meter.Name.ShouldContain("VDD_IN");
        meter.IsEstimate.ShouldBeFalse();
        clock.Now += TimeSpan.FromMilliseconds(20);
        meter.MilliJoules().ShouldNotBeNull().ShouldBe(3500 * 0.020, 1e-9);
        machine.Put("/sys/bus/i2c/drivers/ina3221x/0-0041/iio:device1/in_power0_input", "5500");
        clock.Now += TimeSpan.FromMilliseconds(20);
        meter.MilliJoules().ShouldNotBeNull().ShouldBe((3500 * 0.020) + (4500 * 0.020), 1e-9);

        // A gap of more than ten periods is not guessed.
        clock.Now += TimeSpan.FromSeconds(2);
        meter.MilliJoules().ShouldNotBeNull().ShouldBe(160, 1e-9);
    }

    [Fact]
    public void Hwmon_rails_are_volts_times_amperes()
    {
        using var machine = new KnobMachine();
        string folder = "/sys/class/hwmon/hwmon3";
        machine.Put($"{folder}/name", "ina3221");
        machine.Put($"{folder}/in1_label", "VDD_GPU");
        machine.Put($"{folder}/in1_input", "19000");
        machine.Put($"{folder}/curr1_input", "100");
        machine.Put($"{folder}/in2_label", "VDD_CPU");
        machine.Put($"{folder}/in2_input", "5000");
        machine.Put($"{folder}/curr2_input", "200");
        using IEnergyMeter meter = EnergyMeters.Open("auto", clock, machine.Root).Value.ShouldNotBeNull();
        clock.Now += TimeSpan.FromMilliseconds(10);
        meter.MilliJoules().ShouldNotBeNull().ShouldBe((1900 + 1000) * 0.010, 1e-9);
    }

    [Fact]
    public void A_power_input_is_in_microwatts()
    {
        using var machine = new KnobMachine();
        machine.Put("/sys/class/hwmon/hwmon0/name", "amdgpu");
        machine.Put("/sys/class/hwmon/hwmon0/power1_average", "12000000");
        using IEnergyMeter meter = EnergyMeters.Open("hwmon", clock, machine.Root).Value.ShouldNotBeNull();
        clock.Now += TimeSpan.FromMilliseconds(10);
        meter.MilliJoules().ShouldNotBeNull().ShouldBe(120, 1e-9);
    }

    [Fact]
    public void An_estimate_says_so()
    {
        using var meter = new EstimatedMeter(4000, 2000, clock);
        meter.IsEstimate.ShouldBeTrue();
        meter.Name.ShouldContain("estimated");
        clock.Now += TimeSpan.FromSeconds(3);
        meter.Busy(TimeSpan.FromSeconds(1), 2);
        meter.MilliJoules().ShouldBe((2 * 4000) + (3 * 2000));
    }

    [Theory]
    [InlineData("rapl")]
    [InlineData("hwmon")]
    public void A_meter_that_is_not_there_is_explained(string name)
    {
        using var machine = new KnobMachine();
        EnergyMeters.Open(name, clock, machine.Root).Error.ShouldNotBeNull().Problem.ShouldNotBeNull();
        EnergyMeters.Open("auto", clock, machine.Root).Error.ShouldNotBeNull().Problem.ShouldBeNull();
        Should.Throw<ArgumentException>(() => EnergyMeters.Open("watt", clock)).Message.ShouldContain("rapl");
    }

    private static void Zone(KnobMachine machine, string folder, string name, int microjoules)
    {
        machine.Put($"/sys/class/powercap/{folder}/name", name);
        machine.Put($"/sys/class/powercap/{folder}/max_energy_range_uj", "10000000");
        machine.Put($"/sys/class/powercap/{folder}/energy_uj", $"{microjoules}");
    }

    private sealed class TimerClock : ManualClock
    {
        private TimerCallback? last;

        /// <summary>Lets the timer that was made last come due.</summary>
        public void Tick() => last?.Invoke(null);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            last = callback;
            return new NoTimer();
        }

        private sealed class NoTimer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose() => GC.SuppressFinalize(this);

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
