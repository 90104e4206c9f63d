using Attune.Devices.Tests.Knobs;
using Attune.Devices.Thermal;

namespace Attune.Devices.Tests.Thermal;

public sealed class ThermalSensorsTests
{
    private const string Zone = "/sys/class/thermal/thermal_zone";

    [Fact]
    public void A_machine_without_limits_has_no_sensors()
    {
        using var machine = new KnobMachine();
        ThermalSensors.Discover(machine.Root).ShouldBeNull();
        machine.Put($"{Zone}0/type", "acpitz");
        machine.Put($"{Zone}0/temp", "27800");
        machine.Put($"{Zone}0/trip_point_0_type", "critical");
        machine.Put($"{Zone}0/trip_point_0_temp", "119000");
        ThermalSensors.Discover(machine.Root).ShouldBeNull("at a critical trip point the machine goes off, it does not slow down");
    }

    [Fact]
    public void The_zone_nearest_to_its_passive_or_hot_trip_point_counts()
    {
        using var machine = new KnobMachine();
        Put(machine, 0, "BCPU-therm", 61_500, ("critical", 101_000), ("passive", 95_500), ("active", 60_000));
        Put(machine, 1, "GPU-therm", 58_000, ("hot", 70_000));
        Put(machine, 2, "tboard_tegra", 96_000);
        ThermalSensors sensors = ThermalSensors.Discover(machine.Root).ShouldNotBeNull();
        sensors.Names.ShouldBe(["BCPU-therm", "GPU-therm"]);
        sensors.Nearest().ShouldBe(new ThermalReading("GPU-therm", 58, 70));
        machine.Put($"{Zone}0/temp", "92000");
        ThermalReading hot = sensors.Nearest().ShouldNotBeNull();
        hot.Sensor.ShouldBe("BCPU-therm");
        hot.Left.ShouldBe(3.5);
    }

    [Fact]
    public void A_sensor_that_cannot_be_read_now_is_left_out_and_not_taken_for_cold()
    {
        using var machine = new KnobMachine();
        Put(machine, 0, "x86_pkg_temp", 60_000, ("passive", 100_000));
        ThermalSensors sensors = ThermalSensors.Discover(machine.Root).ShouldNotBeNull();
        machine.Put($"{Zone}0/temp", string.Empty);
        sensors.Nearest().ShouldBeNull();
    }

    [Fact]
    public void Sensors_of_processors_under_hwmon_have_limits_of_their_own()
    {
        using var machine = new KnobMachine();
        machine.Put("/sys/class/hwmon/hwmon0/name", "nvme");
        machine.Put("/sys/class/hwmon/hwmon0/temp1_input", "70000");
        machine.Put("/sys/class/hwmon/hwmon0/temp1_crit", "71000");
        machine.Put("/sys/class/hwmon/hwmon1/name", "coretemp");
        machine.Put("/sys/class/hwmon/hwmon1/temp1_label", "Package id 0");
        machine.Put("/sys/class/hwmon/hwmon1/temp1_input", "82000");
        machine.Put("/sys/class/hwmon/hwmon1/temp1_max", "84000");
        machine.Put("/sys/class/hwmon/hwmon1/temp1_crit", "100000");
        machine.Put("/sys/class/hwmon/hwmon1/temp2_input", "79000");
        ThermalSensors sensors = ThermalSensors.Discover(machine.Root).ShouldNotBeNull();
        sensors.Names.ShouldBe(["coretemp Package id 0"]);
        sensors.Nearest().ShouldBe(new ThermalReading("coretemp Package id 0", 82, 100));
    }

    private static void Put(KnobMachine machine, int zone, string type, int temperature, params (string Type, int Temperature)[] trips)
    {
        machine.Put($"{Zone}{zone}/type", type);
        machine.Put($"{Zone}{zone}/temp", $"{temperature}");
        foreach ((int i, (string kind, int limit)) in trips.Index())
        {
            machine.Put($"{Zone}{zone}/trip_point_{i}_type", kind);
            machine.Put($"{Zone}{zone}/trip_point_{i}_temp", $"{limit}");
        }
    }
}
