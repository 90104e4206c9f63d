using System.Collections.Immutable;
using System.Globalization;
using Attune.Devices.Cpu;

namespace Attune.Devices.Knobs;

/// <summary>
/// Finds the clocks that the kernel lets be set: cpufreq policies, devfreq devices, and the memory clock of a Jetson board (design paper, 5.1 and 5.2).
/// Stateless.
/// </summary>
internal static class FrequencyKnobs
{
    private const string CpuFolder = "/sys/devices/system/cpu/cpufreq";
    private const string DeviceFolder = "/sys/class/devfreq";
    private const string MemoryFolder = "/sys/kernel/debug/bpmp/debug/clk/emc";
    private const long Quantum = 100_000;
    private static readonly string?[] MeasuringDrivers = ["intel_pstate", "intel_cpufreq", "amd-pstate", "amd-pstate-epp", "acpi-cpufreq", "pcc-cpufreq"];

    /// <summary>All of them.</summary>
    public static IEnumerable<IKnob> Discover(SystemFiles files) =>
        files.Folders(CpuFolder, "policy").Order(StringComparer.Ordinal).Select(folder => Cpu(files, folder))
            .Concat(files.Folders(DeviceFolder, string.Empty).Order(StringComparer.Ordinal).Select(folder => Device(files, folder)))
            .Append(Memory(files)).OfType<IKnob>();

    private static IKnob? Cpu(SystemFiles files, string folder)
    {
        ImmutableArray<long> steps = Steps(files.Text($"{folder}/scaling_available_frequencies"));
        if (steps.IsEmpty
            && files.Number($"{folder}/cpuinfo_min_freq") is { } min
            && files.Number($"{folder}/cpuinfo_max_freq") is { } max
            && min > 0
            && max >= min)
        {
            // Drivers without a table (intel_pstate, amd-pstate) take any value.
            steps = [.. Enumerable.Range(0, (int)((max - min) / Quantum) + 1).Select(i => min + (i * Quantum)).Append(max).Distinct()];
        }

        return Limits(
            files,
            steps,
            $"cpufreq/{Path.GetFileName(folder)}",
            "kHz",
            $"{folder}/scaling_min_freq",
            $"{folder}/scaling_max_freq",
            ToldClock(files, folder),
            $"{folder}/scaling_governor");
    }

    // On x86 the current frequency is what the processor averaged of late, far below its limit while idle: no sign of a cap. Other drivers tell what they have
    // set.
    private static string? ToldClock(SystemFiles files, string folder) =>
        MeasuringDrivers.Contains(files.Text($"{folder}/scaling_driver")) ? null : $"{folder}/scaling_cur_freq";

    private static IKnob? Device(SystemFiles files, string folder) =>
        Limits(
            files,
            Steps(files.Text($"{folder}/available_frequencies")),
            $"devfreq/{Path.GetFileName(folder)}",
            "Hz",
            $"{folder}/min_freq",
            $"{folder}/max_freq",
            $"{folder}/cur_freq",
            $"{folder}/governor");

    /// <summary>A clock that is pinned by making its lower and upper limit the same.</summary>
    private static FileKnob? Limits(
        SystemFiles files, ImmutableArray<long> steps, string id, string unit, string lower, string upper, string? current, string governor)
    {
        if (steps.IsEmpty || files.Number(lower) is null || files.Number(upper) is null)
        {
            return null;
        }

        // Both limits are the same while a value is pinned: what runs below them is held down from elsewhere.
        long? Effective()
        {
            long? limit = files.Number(upper);
            return current is not null && files.Number(current) is { } now && now > 0 && now < limit ? now : limit;
        }

        return new FileKnob(
            files,
            new Knob(id, unit, steps, BeyondProcess: true),
            [(lower, FileKnob.Plain), (upper, FileKnob.Plain)],
            Effective,
            [upper, lower, upper, governor])
        { IsDirected = true };
    }

    private static FileKnob? Memory(SystemFiles files)
    {
        long? min = files.Number($"{MemoryFolder}/min_rate");
        long? max = files.Number($"{MemoryFolder}/max_rate");
        if (min is null || max is null || max < min || files.Number($"{MemoryFolder}/rate") is null)
        {
            return null;
        }

        // The board takes the nearest rate of its own table; the read-back tells which.
        ImmutableArray<long> steps = [.. Enumerable.Range(0, 9).Select(i => min.Value + ((max.Value - min.Value) * i / 8)).Distinct()];
        return new FileKnob(
            files,
            new Knob("emc", "Hz", steps, BeyondProcess: true),
            [($"{MemoryFolder}/mrq_rate_locked", _ => "1"), ($"{MemoryFolder}/rate", FileKnob.Plain), ($"{MemoryFolder}/state", _ => "1")],
            () => files.Number($"{MemoryFolder}/rate"),
            [$"{MemoryFolder}/rate", $"{MemoryFolder}/state", $"{MemoryFolder}/mrq_rate_locked"]);
    }

    private static ImmutableArray<long> Steps(string? text) =>
    [
        .. (text ?? string.Empty).Split((char[])[' ', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries)
            .Select(word => long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : 0)
                .Where(value => value > 0)
                .Distinct()
                .Order(),
    ];
}
