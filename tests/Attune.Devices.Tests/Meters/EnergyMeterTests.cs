using Attune.Devices.Meters;
using Attune.Devices.Tests.Knobs;

namespace Attune.Devices.Tests.Meters;

public sealed class EnergyMeterTests
{
    private readonly SteppingClock clock = new();

    [Fact]
    public void Rapl_counts_packages_and_wraps_around()
    {
        using var machine = new KnobMachine();
        machine.Put("/sys/class/powercap/intel-rapl:0/energy_uj", "1000000");
        machine.Put("/sys/class/powercap/intel-rapl:0/max_energy_range_uj", "10000000");
        machine.Put("/sys/class/powercap/intel-rapl:0:0/energy_uj", "500000");
        using IEnergyMeter meter = EnergyMeters.Open("rapl", clock, out string? problem, machine.Root).ShouldNotBeNull();
        problem.ShouldBeNull();
        meter.MilliJoules().ShouldBe(0);
        machine.Put("/sys/class/powercap/intel-rapl:0/energy_uj", "9000000");
        meter.MilliJoules().ShouldBe(8000);
        machine.Put("/sys/class/powercap/intel-rapl:0/energy_uj", "500000");
        meter.MilliJoules().ShouldBe(9500);
        Directory.Delete(machine.Root + "/sys/class/powercap/intel-rapl:0", recursive: true);
        meter.MilliJoules().ShouldBeNull();
    }

    [Fact]
    public void The_rail_that_feeds_the_board_is_taken_from_the_old_driver()
    {
        using var machine = KnobMachine.Jetson();
        using IEnergyMeter meter = EnergyMeters.Open("hwmon", clock, out _, machine.Root).ShouldNotBeNull();
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
        using IEnergyMeter meter = EnergyMeters.Open("auto", clock, out _, machine.Root).ShouldNotBeNull();
        clock.Now += TimeSpan.FromMilliseconds(10);
        meter.MilliJoules().ShouldNotBeNull().ShouldBe((1900 + 1000) * 0.010, 1e-9);
    }

    [Fact]
    public void A_power_input_is_in_microwatts()
    {
        using var machine = new KnobMachine();
        machine.Put("/sys/class/hwmon/hwmon0/name", "amdgpu");
        machine.Put("/sys/class/hwmon/hwmon0/power1_average", "12000000");
        using IEnergyMeter meter = EnergyMeters.Open("hwmon", clock, out _, machine.Root).ShouldNotBeNull();
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
        EnergyMeters.Open(name, clock, out string? problem, machine.Root).ShouldBeNull();
        problem.ShouldNotBeNull();
        EnergyMeters.Open("auto", clock, out problem, machine.Root).ShouldBeNull();
        problem.ShouldBeNull();
        Should.Throw<ArgumentException>(() => EnergyMeters.Open("watt", clock, out _)).Message.ShouldContain("rapl");
    }

    private sealed class SteppingClock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new NoTimer();

        private sealed class NoTimer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose() => GC.SuppressFinalize(this);

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
