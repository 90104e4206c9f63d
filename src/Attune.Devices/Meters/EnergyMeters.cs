using System.Collections.Immutable;
using Attune.Devices.Cpu;

namespace Attune.Devices.Meters;

/// <summary>Opens the meter that a user asks for by name. Stateless.</summary>
internal static class EnergyMeters
{
    private static readonly TimeSpan SamplePeriod = TimeSpan.FromMilliseconds(5);

    /// <summary>Names that can be asked for.</summary>
    public static ImmutableArray<string> Names { get; } = ["auto", "none", "rapl", "hwmon", "nvml", "estimated"];

    /// <summary>Opens a meter; why there is none otherwise.</summary>
    /// <param name="name">One of <see cref="Names"/>; auto takes the first of rapl, hwmon and nvml that there is, and none otherwise.</param>
    /// <param name="clock">Time.</param>
    /// <param name="root">Where the system's files are.</param>
    /// <exception cref="ArgumentException">There is no meter of that name.</exception>
    public static Result<IEnergyMeter, NoMeter> Open(string name, TimeProvider clock, string root = "/")
    {
        var files = new SystemFiles(root);
        IEnergyMeter? Sampled() => PowerSensor.Find(files) is { } sensor ? new SampledMeter(sensor, SamplePeriod, clock) : null;
        (double thread, double rest) = EstimatedMeter.UsualMilliwatts;
        IEnergyMeter? meter = name switch
        {
            "none" => null,
            "rapl" => RaplMeter.Open(files, clock),
            "hwmon" => Sampled(),
            "nvml" => NvmlMeter.Open(),
            "estimated" => new EstimatedMeter(thread, rest, clock),
            "auto" => RaplMeter.Open(files, clock) ?? Sampled() ?? (root == "/" ? NvmlMeter.Open() : null),
            _ => throw new ArgumentException($"There is no meter '{name}'; there are {string.Join(", ", Names)}.", nameof(name)),
        };
        return meter is not null ? new Result<IEnergyMeter, NoMeter>(meter) : new NoMeter(name is "none" or "auto" ? null : Missing(name, files));
    }

    private static string Missing(string name, SystemFiles files) => name switch
    {
        "rapl" when files.Folders("/sys/class/powercap", "intel-rapl:").Any() =>
            "RAPL is there, but its package counters cannot be read; since Linux 5.10 only root may.",
        "rapl" => "This machine has no RAPL counters under /sys/class/powercap.",
        "hwmon" => "This machine has no power sensor under /sys/class/hwmon or /sys/bus/i2c.",
        _ => "There is no NVIDIA device whose driver counts energy.",
    };
}
