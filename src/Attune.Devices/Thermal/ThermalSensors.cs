using System.Collections.Immutable;
using Attune.Devices.Cpu;

namespace Attune.Devices.Thermal;

/// <summary>
/// The temperatures of this machine that have a limit at which the system slows something down: thermal zones with a passive or hot trip point, and the sensors
/// of processors and graphics under hwmon with a critical or else a highest temperature. Limits are read once, temperatures whenever asked. Thread-safe.
/// </summary>
public sealed class ThermalSensors
{
    private const double MilliDegrees = 1000;

    // Other chips (disks, radios, batteries) get hot too, but no clock of ours cools them.
    private static readonly string[] Chips = ["coretemp", "k10temp", "zenpower", "cpu_thermal", "soc_thermal", "amdgpu", "nouveau"];
    private static readonly string[] Trips = ["passive", "hot"];
    private readonly SystemFiles files;
    private readonly ImmutableArray<Sensor> sensors;

    private ThermalSensors(SystemFiles files, ImmutableArray<Sensor> sensors)
    {
        this.files = files;
        this.sensors = sensors;
    }

    /// <summary>Names of the sensors.</summary>
    public IEnumerable<string> Names => sensors.Select(sensor => sensor.Name);

    /// <summary>Finds them.</summary>
    /// <param name="root">Where the system's files are.</param>
    /// <returns>Null when the machine has no temperature with a limit, as virtual machines have none.</returns>
    public static ThermalSensors? Discover(string root = "/")
    {
        var machine = new SystemFiles(root);
        ImmutableArray<Sensor> found = [.. Zones(machine), .. Hwmon(machine)];
        return found.IsEmpty ? null : new ThermalSensors(machine, found);
    }

    /// <summary>The reading that is nearest to its limit; null when no sensor can be read now.</summary>
    public ThermalReading? Nearest()
    {
        ThermalReading? nearest = null;
        foreach (Sensor sensor in sensors)
        {
            // Some drivers answer "try again" while they measure: no reading, and not zero degrees.
            if (files.Number(sensor.Path) is { } temperature && sensor.Limit - (temperature / MilliDegrees) is var left && !(left >= nearest?.Left))
            {
                nearest = new ThermalReading(sensor.Name, temperature / MilliDegrees, sensor.Limit);
            }
        }

        return nearest;
    }

    private static IEnumerable<Sensor> Zones(SystemFiles files) =>
        from zone in files.Folders("/sys/class/thermal", "thermal_zone").Order(StringComparer.Ordinal)
        where files.Text($"{zone}/temp") is not null || files.Text($"{zone}/mode") is not null
        let limits = Enumerable.Range(0, 16)
            .Where(trip => Trips.Contains(files.Text($"{zone}/trip_point_{trip}_type")))
            .Select(trip => files.Number($"{zone}/trip_point_{trip}_temp") ?? 0).Where(limit => limit > 0)
        where limits.Any()
        select new Sensor(files.Text($"{zone}/type") ?? Path.GetFileName(zone), $"{zone}/temp", limits.Min() / MilliDegrees);

    private static IEnumerable<Sensor> Hwmon(SystemFiles files) =>
        from folder in files.Folders("/sys/class/hwmon", "hwmon").Order(StringComparer.Ordinal)
        let chip = files.Text($"{folder}/name")
        where Chips.Contains(chip)
        from index in Enumerable.Range(1, 32)
        let limit = files.Number($"{folder}/temp{index}_crit") ?? files.Number($"{folder}/temp{index}_max")
        where limit > 0 && files.Text($"{folder}/temp{index}_input") is not null
        select new Sensor($"{chip} {files.Text($"{folder}/temp{index}_label") ?? $"temp{index}"}", $"{folder}/temp{index}_input", limit.Value / MilliDegrees);

    private sealed record Sensor(string Name, string Path, double Limit);
}
